package nexus.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
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
    void somebodyElsesCommentIsNone() {
        assertThat(PublicationNote.parse("")).isEmpty();
        assertThat(PublicationNote.parse("for the warehouse")).isEmpty();
        assertThat(PublicationNote.parse(note.text() + " and more")).isEmpty();
    }
}
