package nexus.capture.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.event.Ordering;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeenTransactionsTest {

    @ParameterizedTest
    @CsvSource({
        "100:110:103;105, 99, true",
        "100:110:103;105, 100, true",
        "100:110:103;105, 103, false",
        "100:110:103;105, 104, true",
        "100:110:103;105, 110, false",
        "100:110:103;105, 4294967000, true", // of the epoch before
        "4294967290:4294967305:4294967292;4294967297, 4294967289, true",
        "4294967290:4294967305:4294967292;4294967297, 4294967292, false",
        "4294967290:4294967305:4294967292;4294967297, 3, true",
        "4294967290:4294967305:4294967292;4294967297, 1, false",
        "4294967290:4294967305:4294967292;4294967297, 9, false",
        "4294967290:4294967294:, 5, false", // of the next epoch
        "8589934600:8589934600:, 4294967295, true",
        "8589934600:8589934600:, 8, false"
    })
    void idsOfTheStreamAreCompletedWithTheClosestEpoch(String snapshot, long xid, boolean isSeen) {
        assertThat(SeenTransactions.parse(snapshot.replace(';', ',')).sees((int) xid))
                .isEqualTo(isSeen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1:2", "1:2:3:4", "a:2:", "1:2:x"})
    void anythingElseIsNoSnapshot(String text) {
        assertThatThrownBy(() -> SeenTransactions.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keysOfUnseenTransactionsAreReplaced() {
        SeenTransactions seen = SeenTransactions.parse("100:110:103");
        ChangedKeys changed = new ChangedKeys();
        changed.add(new Ordering.Key(1), 99);
        changed.add(new Ordering.Key(2), 103);
        changed.add(new Ordering.TwoKeys(3, 4), 111);

        assertThat(changed.isChangedUnseen(1, seen)).isFalse();
        assertThat(changed.isChangedUnseen(2, seen)).isTrue();
        assertThat(changed.isChangedUnseen(3, seen)).isTrue();
        assertThat(changed.isChangedUnseen(4, seen)).isTrue();
        assertThat(changed.isAnyRowChangedUnseen(seen)).isFalse();

        changed.add(new Ordering.Barrier(5), 112);
        assertThat(changed.isAnyRowChangedUnseen(seen)).isTrue();
        changed.forget(SeenTransactions.parse("113:113:"));
        assertThat(changed.isAnyRowChangedUnseen(seen)).isFalse();
        assertThat(changed.isChangedUnseen(2, seen)).isFalse();
    }

    @Test
    void moreKeysThanCanBeRememberedCountAsAllRows() {
        SeenTransactions seen = SeenTransactions.parse("100:100:");
        ChangedKeys changed = new ChangedKeys();
        for (int key = 0; key < 60_000; key++) {
            changed.add(new Ordering.Key(key), 101);
        }

        assertThat(changed.isAnyRowChangedUnseen(seen)).isTrue();
        assertThat(changed.isLost()).isFalse();

        for (int xid = 0; xid < 60_000; xid++) {
            changed.add(new Ordering.Barrier(0), 200 + xid);
        }
        assertThat(changed.isLost()).isTrue();
    }
}
