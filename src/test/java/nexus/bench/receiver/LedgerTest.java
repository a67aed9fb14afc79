package nexus.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @BeforeEach
    void fiveAreSent() {
        ledger.sending(ledger.take(5), 5);
    }

    private void receiveAll() {
        for (int n = 1; n <= 5; n++) {
            ledger.received(n, 0, 100 + n);
        }
    }

    @Test
    void whatWasSentAndReceivedOnceIsClean() {
        receiveAll();
        assertThat(ledger.verdict()).isEqualTo(new Ledger.Verdict(5, 5, 0, 0, 0, 0));
        assertThat(ledger.verdict().isClean()).isTrue();
        assertThat(ledger.latencies(1, 6).count()).isEqualTo(5);
    }

    @Test
    void whatDoesNotComeIsLost() {
        ledger.received(1, 0, 101);
        assertThat(ledger.verdict().lost()).isEqualTo(4);
        assertThat(ledger.verdict().isClean()).isFalse();
    }

    @Test
    void aRepeatWithTheSameIdIsCountedAndAllowed() {
        receiveAll();
        ledger.received(3, 0, 103);
        assertThat(ledger.verdict().repeats()).isEqualTo(1);
        assertThat(ledger.verdict().isClean()).isTrue();
    }

    @Test
    void aRepeatWithAnotherIdIsNot() {
        receiveAll();
        ledger.received(3, 0, 999);
        assertThat(ledger.verdict().otherIds()).isEqualTo(1);
        assertThat(ledger.verdict().isClean()).isFalse();
    }

    @Test
    void twoEventsWithOneIdAreNot() {
        receiveAll();
        ledger.sending(ledger.take(1), 1);
        ledger.received(6, 0, 105);
        assertThat(ledger.verdict().sharedIds()).isEqualTo(1);
        assertThat(ledger.verdict().isClean()).isFalse();
    }

    @Test
    void anEarlierEventOfItsKeyBehindALaterOneIsOutOfOrder() {
        ledger.received(1, 7, 101);
        ledger.received(3, 7, 103);
        ledger.received(2, 7, 102);
        assertThat(ledger.verdict().orderViolations()).isEqualTo(1);
    }

    @Test
    void aRepeatAndAnotherKeyBreakNoOrder() {
        ledger.received(1, 7, 101);
        ledger.received(3, 7, 103);
        ledger.received(1, 7, 101);
        ledger.received(2, 8, 102);
        ledger.received(4, 0, 104);
        assertThat(ledger.verdict().orderViolations()).isZero();
    }

    @Test
    void whatNobodySentIsNobodysBusiness() {
        ledger.take(1);
        ledger.received(6, 0, 106);
        ledger.received(70_000, 0, 107);
        ledger.received(0, 0, 108);
        assertThat(ledger.received()).isZero();
    }

    @Test
    void itHasRoomForMoreThanItBeganWith() {
        long first = ledger.take(300_000);
        ledger.sending(first, 300_000);
        ledger.received(first + 299_999, 0, 1);
        assertThat(ledger.received()).isEqualTo(1);
        assertThat(ledger.outstanding()).isEqualTo(300_004);
    }
}
