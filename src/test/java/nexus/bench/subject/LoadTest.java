package nexus.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.bench.receiver.Ledger;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final Ledger ledger = new Ledger();

    @Test
    void anEventThatIsNotReceivedIsNotWaitedForForEver() throws Exception {
        assertThat(new Load(ledger).isReceived(source(false), 0)).isFalse();
    }

    @Test
    void anEventThatIsReceivedIsSeen() throws Exception {
        assertThat(new Load(ledger).isReceived(source(true), 20)).isTrue();
    }

    private EventSource source(boolean arrives) {
        return new EventSource() {
            @Override
            public void write(int count) {
                long first = ledger.take(count);
                ledger.sending(first, count);
                if (arrives) {
                    ledger.received(first, 0, 1);
                }
            }

            @Override
            public void close() {}
        };
    }
}
