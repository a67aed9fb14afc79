package nexus.capture.window;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The windows of one stream. */
public interface Windows {
    /** The prefix of the logical messages that mark places in the stream. */
    String PREFIX = "nexus.backfill";

    /** A stream without backfills. */
    Windows NONE = new Windows() {
        @Override
        public Collection<Window> open() {
            return List.of();
        }

        @Override
        public Optional<Chunk> marked(ByteBuffer content) {
            return Optional.empty();
        }
    };

    /** The open windows; called for every row change. */
    Collection<Window> open();

    /**
     * Handles a mark.
     *
     * @param content may be written by any role of the source database
     * @return the rows that belong into the stream here; empty if the mark has none
     */
    Optional<Chunk> marked(ByteBuffer content);
}
