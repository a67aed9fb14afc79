package nexus.queue.process;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place where a process runs, so that another process of the same machine can find out whether it still runs. Unknown
 * parts are {@link #UNKNOWN} and prove nothing.
 *
 * @param boot boot id of the kernel, unique per machine and start
 * @param namespace namespaces of process ids and times, in which {@code pid} and {@code started} are valid
 * @param pid id of the process
 * @param started start time in ticks of the kernel, because ids are reused
 * @param container identifies a running container of a machine, and does not change when the container restarts
 * @param lockFile the file in which it holds a lock as long as it runs
 * @param lockAt the locked byte of that file
 */
public record ProcessPlace(
        String boot, String namespace, long pid, long started, String container, String lockFile, long lockAt) {
    static final String UNKNOWN = "-";

    private static final Pattern WORD = Pattern.compile("[!-~]{1,300}");
    private static final int PARTS = 7;

    public ProcessPlace {
        for (String word : new String[] {boot, namespace, container, lockFile}) {
            if (!WORD.matcher(word).matches()) {
                throw new IllegalArgumentException("not a word: " + word);
            }
        }
    }

    /** A place of which nothing is known. */
    static ProcessPlace unknown() {
        return new ProcessPlace(UNKNOWN, UNKNOWN, 0, 0, UNKNOWN, UNKNOWN, 0);
    }

    static boolean isSame(String one, String other) {
        return !one.equals(UNKNOWN) && one.equals(other);
    }

    /** The text in the row of the process. */
    public String text() {
        return String.join(
                " ",
                boot,
                namespace,
                Long.toString(pid),
                Long.toString(started),
                container,
                lockFile,
                Long.toString(lockAt));
    }

    /** Empty when the text is missing or has another version. */
    public static Optional<ProcessPlace> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String[] parts = text.split(" ", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessPlace(
                    parts[0],
                    parts[1],
                    Long.parseLong(parts[2]),
                    Long.parseLong(parts[3]),
                    parts[4],
                    parts[5],
                    Long.parseLong(parts[6])));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
