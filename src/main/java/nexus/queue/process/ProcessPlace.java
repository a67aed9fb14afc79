package nexus.queue.process;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a process runs, told so that another one of the same machine can find out whether it still does. What is not
 * known is {@link #UNKNOWN}, and then proves nothing.
 *
 * @param boot of the machine's kernel: no two machines, and no two starts of one, have the same
 * @param namespace of process ids and of times: what {@code pid} and {@code started} mean something in
 * @param pid the process
 * @param started when it started, in the kernel's ticks: ids are used again
 * @param container what no two running containers of a machine have in common, and what a restart of one leaves as it is
 * @param lockFile the file in which it holds a lock for as long as it lives
 * @param lockAt the byte of that file that it has locked
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

    /** Nothing is known of it. */
    static ProcessPlace unknown() {
        return new ProcessPlace(UNKNOWN, UNKNOWN, 0, 0, UNKNOWN, UNKNOWN, 0);
    }

    static boolean isSame(String one, String other) {
        return !one.equals(UNKNOWN) && one.equals(other);
    }

    /** As it stands in the process's row. */
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

    /** Empty when no such text, of this version, stands there. */
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
