package nexus.replication.publication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PublicationNoteTest {
    private final PublicationNote note = new PublicationNote(UUID.randomUUID(), Set.of(16402L, 4294967295L));

    @Test
    void isReadAsItWasWritten() {
        assertThat(PublicationNote.parse(note.text())).contains(note);
        PublicationNote empty = note.without(16402).without(4294967295L);
        assertThat(PublicationNote.parse(empty.text())).contains(empty);
        assertThat(PublicationNote.parse(empty.with(7).text())).contains(empty.with(7));
    }

    @Test
    void namesAsManyTablesAsADatabaseHas() {
        Set<Long> many = LongStream.range(16384, 116384).boxed().collect(Collectors.toSet());
        PublicationNote big = new PublicationNote(note.store(), many);
        assertThat(PublicationNote.parse(big.text())).contains(big);
    }

    @Test
    void forgetsTablesThatWereDropped() {
        assertThat(note.retaining(Set.of(16402L, 16403L)).added()).containsExactly(16402L);
    }

    @Test
    void somebodyElsesCommentIsNone() {
        assertThat(PublicationNote.parse("")).isEmpty();
        assertThat(PublicationNote.parse("for the warehouse")).isEmpty();
        assertThat(PublicationNote.parse(note.text() + " and more")).isEmpty();
    }
}
