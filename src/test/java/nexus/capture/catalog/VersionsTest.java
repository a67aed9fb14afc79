package nexus.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private final int oldest = Integer.parseUnsignedInt("7ffffff0", 16); // so that the younger ones are behind the sign

    private final Versions<String> versions = new Versions<>();

    private void add(int sinceXid, String description) {
        versions.add(new Seen<>(1, sinceXid, description));
    }

    private String at(int xid) {
        return versions.at(xid).orElseThrow().description();
    }

    @Test
    void aChangeHasTheDescriptionOfItsTime() {
        add(oldest, "a");
        add(oldest + 100, "b");
        add(oldest + 200, "c");
        assertThat(at(oldest - 1)).isEqualTo("a");
        assertThat(at(oldest)).isEqualTo("a");
        assertThat(at(oldest + 99)).isEqualTo("a");
        assertThat(at(oldest + 100)).isEqualTo("b");
        assertThat(at(oldest + 199)).isEqualTo("b");
        assertThat(at(oldest + 200)).isEqualTo("c");
        assertThat(at(oldest + 1_000_000)).isEqualTo("c");
        assertThat(versions.thresholds()).containsExactly(oldest + 100, oldest + 200);
    }

    @Test
    void theSameDescriptionAgainIsNoVersion() {
        add(Xid.FROZEN, "a");
        assertThat(versions.add(new Seen<>(1, 900, "a"))).isEqualTo(Versions.Change.NONE);
        assertThat(versions.thresholds()).isEmpty();
    }

    @Test
    void aDescriptionThatIsNoYoungerTakesThePlaceOfTheNewest() {
        add(100, "a");
        add(200, "b");
        add(150, "c");
        assertThat(at(199)).isEqualTo("a");
        assertThat(at(200)).isEqualTo("c");
    }

    @Test
    void whatIsReadFromTheStoreIsPutInItsPlaceAndChangesNothingThatIsKnown() {
        add(200, "b");
        versions.restore(new Seen<>(1, 300, "c"));
        versions.restore(new Seen<>(1, 100, "a"));
        versions.restore(new Seen<>(1, 200, "other"));
        assertThat(versions.all()).extracting(Seen::description).containsExactly("a", "b", "c");
    }

    @Test
    void theOldestOfManyAreForgotten() {
        for (int i = 1; i <= 50; i++) {
            add(100 * i, "v" + i);
        }
        assertThat(versions.all()).hasSize(8);
        assertThat(at(5000)).isEqualTo("v50");
        assertThat(at(1)).isEqualTo("v43");
    }

    @Test
    void whatWasReplacedLongAgoIsForgottenBeforeTheIdsWrapAround() {
        add(oldest, "a");
        add(oldest + 100, "b");
        add(oldest + 200, "c");
        assertThat(versions.forgetPast(oldest + 500_000_000)).isFalse();
        assertThat(versions.forgetPast(oldest + 100 + (1 << 29) + 1)).isTrue();
        assertThat(versions.all()).extracting(Seen::description).containsExactly("b", "c");
        assertThat(versions.forgetPast(oldest + 2_000_000_000)).isTrue();
        assertThat(at(oldest - 1_500_000_000)).isEqualTo("c");
        assertThat(versions.forgetPast(oldest + 2_000_000_000)).isFalse();
    }

    @Test
    void transactionIdsWrapAround() {
        record Case(int older, int younger) {}
        for (Case one : List.of(
                new Case(3, 4),
                new Case(0x7fff_ffff, 0x8000_0000),
                new Case(0xffff_ffff, 3),
                new Case(0xf000_0000, 0x1000_0000),
                new Case(Xid.FROZEN, 3),
                new Case(Xid.FROZEN, 0xffff_ffff))) {
            assertThat(Xid.precedes(one.older, one.younger)).isTrue();
            assertThat(Xid.precedes(one.younger, one.older)).isFalse();
            assertThat(Xid.precedes(one.older, one.older)).isFalse();
        }
    }
}
