package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import nexus.event.EventId;
import nexus.pgoutput.Lsn;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    private static final Instant AT = Instant.parse("2026-01-31T18:20:43.400Z");
    private static final String SYSTEM = "7312345678901234567";

    private static EventIds under(EventIdKey key) {
        return new EventIds(SYSTEM, key);
    }

    @Test
    void theSameChangeHasTheSameIdUnderTheSameKey() {
        EventId first = under(TestIdKey.of(7)).of(AT, 1, new Lsn(0x1A2B3C8), 3);
        EventIds again = under(TestIdKey.of(7));
        again.of(AT, 1, new Lsn(0x100), 1);
        assertThat(again.of(AT, 1, new Lsn(0x1A2B3C8), 3)).isEqualTo(first);
    }

    @Test
    void anotherChangeHasAnotherId() {
        EventIds ids = under(TestIdKey.ONE);
        Set<EventId> made = new HashSet<>();
        made.add(ids.of(AT, 1, new Lsn(0x100), 1));
        made.add(ids.of(AT, 1, new Lsn(0x100), 2));
        made.add(ids.of(AT, 1, new Lsn(0x101), 1));
        made.add(ids.of(AT, 2, new Lsn(0x100), 1));
        made.add(ids.of(AT.plusMillis(1), 1, new Lsn(0x100), 1));
        made.add(new EventIds("7312345678901234568", TestIdKey.ONE).of(AT, 1, new Lsn(0x100), 1));
        assertThat(made).hasSize(6);
    }

    @Test
    void theIdIsNotMadeOfPublicFactsAlone() throws Exception {
        EventId id = under(TestIdKey.of(1)).of(AT, 1, new Lsn(0x100), 1);
        assertThat(id).isNotEqualTo(under(TestIdKey.of(2)).of(AT, 1, new Lsn(0x100), 1));
        byte[] facts = (SYSTEM + " 1 0/100 1").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer plain = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(facts));
        assertThat(id).isNotEqualTo(EventId.version7(AT.toEpochMilli(), plain.getShort(), plain.getLong()));
    }

    @Test
    void aShortKeyIsRefusedAndNoKeyIsPrinted() {
        assertThatThrownBy(() -> new EventIdKey(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThat(TestIdKey.of(65).toString()).isEqualTo("EventIdKey[redacted]");
    }
}
