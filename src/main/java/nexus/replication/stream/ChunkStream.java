package nexus.replication.stream;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import nexus.capture.window.Chunk;
import nexus.capture.window.Window;
import nexus.capture.window.Windows;
import nexus.intake.Along;

/**
 * The place where chunks of backfills join one stream of changes. A backfill writes a mark into the WAL; where the mark
 * arrives in the stream, the rows of its chunk become events. Ends with the stream, and then stores nothing more.
 * Thread-safe, except for the methods of {@link Windows}, which the reader's thread calls.
 */
public final class ChunkStream implements Windows {
    private static final int MARK_BYTES = 36;

    private final List<Window> windows = new CopyOnWriteArrayList<>();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final IdentityHashMap<Chunk, Waiting> arrived = new IdentityHashMap<>(); // used by the reader's thread
    private final Map<String, CompletableFuture<Outcome>> open = new ConcurrentHashMap<>();
    private volatile boolean isEnded;

    /** The result of a mark. */
    public enum Outcome {
        /** The mark of an opened window has arrived. */
        OPENED,
        /** The events of the chunk are stored, together with its change of the job. */
        STORED,
        /** The job was not as expected, so nothing of the chunk is stored. */
        REFUSED,
        /** Later changes concern rows of the chunk that are not known: read the rows again. */
        OUTDATED,
        /** The stream has ended; whether the chunk was stored is shown by the job. */
        ENDED
    }

    /**
     * A mark to write into the WAL, in a transaction of its own, with {@link Windows#PREFIX}.
     *
     * @param content cannot be guessed
     */
    public record Mark(String content, CompletableFuture<Outcome> outcome) {}

    private record Waiting(Optional<Chunk> chunk, Optional<Along> along, CompletableFuture<Outcome> outcome) {}

    public boolean isEnded() {
        return isEnded;
    }

    /** Opens a window. Its mark arrives when the stream has been read up to the present. */
    public Mark open(Window window) {
        windows.add(window);
        return wait(Optional.empty(), Optional.empty(), new CompletableFuture<>());
    }

    public void close(Window window) {
        windows.remove(window);
    }

    /** @param change of the job, in the transaction that stores the events of the chunk */
    public Mark offer(Chunk chunk, Function<SqlConnection, Future<Boolean>> change) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        return wait(
                Optional.of(chunk),
                Optional.of(new Progressing(chunk.recipient().job(), change, outcome)),
                outcome);
    }

    /** Takes back a mark that has not arrived; it then has no effect. */
    public void withdraw(Mark mark) {
        if (waiting.remove(mark.content) != null) {
            mark.outcome.complete(Outcome.OUTDATED);
        }
    }

    private Mark wait(Optional<Chunk> chunk, Optional<Along> along, CompletableFuture<Outcome> outcome) {
        String content = UUID.randomUUID().toString();
        open.put(content, outcome);
        var _ = outcome.whenComplete((done, failure) -> open.remove(content));
        waiting.put(content, new Waiting(chunk, along, outcome));
        if (isEnded) {
            outcome.complete(Outcome.ENDED);
        }
        return new Mark(content, outcome);
    }

    @Override
    public Collection<Window> open() {
        return windows;
    }

    @Override
    public Optional<Chunk> marked(ByteBuffer content) {
        if (content.remaining() != MARK_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = new byte[MARK_BYTES];
        content.duplicate().get(bytes);
        Waiting mark = waiting.remove(new String(bytes, StandardCharsets.ISO_8859_1));
        if (mark == null) { // written for an earlier stream, or by someone else
            return Optional.empty();
        }
        if (mark.chunk.isEmpty()) {
            mark.outcome.complete(Outcome.OPENED);
        }
        mark.chunk.ifPresent(chunk -> arrived.put(chunk, mark));
        return mark.chunk;
    }

    /** The change that is stored with the events of a chunk that has arrived. Called by the reader's thread. */
    Optional<Along> take(Chunk chunk, boolean isOutdated) {
        Waiting mark = arrived.remove(chunk);
        if (mark == null) {
            return Optional.empty();
        }
        if (isOutdated) {
            mark.outcome.complete(Outcome.OUTDATED);
            return Optional.empty();
        }
        return mark.along;
    }

    /** Called when the stream ends; further marks have no effect. */
    public void end() {
        isEnded = true;
        windows.clear();
        waiting.clear();
        new ArrayList<>(open.values()).forEach(outcome -> outcome.complete(Outcome.ENDED));
    }

    private record Progressing(
            UUID job, Function<SqlConnection, Future<Boolean>> make, CompletableFuture<Outcome> outcome)
            implements Along {
        @Override
        public Future<Boolean> change(SqlConnection transaction) {
            return make.apply(transaction);
        }

        @Override
        public void refused() {
            outcome.complete(Outcome.REFUSED);
        }

        @Override
        public void stored() {
            outcome.complete(Outcome.STORED);
        }
    }
}
