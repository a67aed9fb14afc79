package nexus.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {
    private final Spread spread = new Spread(3);

    @Test
    void everyEventIsOwedToEveryEndpoint() {
        assertThat(spread.next()).isEqualTo(1);
        assertThat(spread.next()).isEqualTo(2);
        spread.received(1, 0);
        spread.received(1, 2);
        spread.received(2, 0);
        assertThat(spread.outstanding()).isEqualTo(3);
        assertThat(spread.verdict()).isEqualTo(new Spread.Verdict(6, 3, 0));
        assertThat(spread.verdict().lost()).isEqualTo(3);
    }

    @Test
    void aSecondReceiptIsARepetitionAndNotAnotherEndpoints() {
        spread.next();
        spread.received(1, 1);
        spread.received(1, 1);
        assertThat(spread.verdict()).isEqualTo(new Spread.Verdict(3, 1, 1));
    }

    @Test
    void receiptsOfAnotherRunCountNothing() {
        spread.next();
        spread.received(0, 0);
        spread.received(2, 0);
        spread.received(1, 3);
        spread.received(1, -1);
        assertThat(spread.verdict()).isEqualTo(new Spread.Verdict(3, 0, 0));
    }
}
