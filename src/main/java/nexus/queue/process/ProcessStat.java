package nexus.queue.process;

import java.util.Optional;

/**
 * What {@code /proc/<pid>/stat} says of a process.
 *
 * @param started in ticks since the machine's start
 */
record ProcessStat(long pid, char state, long threads, long started) {
    // numbered from the first field behind the name, which may itself have blanks and brackets in it
    private static final int STATE = 0;
    private static final int THREADS = 17;
    private static final int STARTED = 19;

    static Optional<ProcessStat> parse(String line) {
        int name = line.indexOf(" (");
        int end = line.lastIndexOf(") ");
        if (name < 0 || end < name) {
            return Optional.empty();
        }
        String[] fields = line.substring(end + 2).strip().split(" ", -1);
        try {
            return fields.length <= STARTED || fields[STATE].length() != 1
                    ? Optional.empty()
                    : Optional.of(new ProcessStat(
                            Long.parseLong(line.substring(0, name)),
                            fields[STATE].charAt(0),
                            Long.parseLong(fields[THREADS]),
                            Long.parseLong(fields[STARTED])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** It has: what is left of it waits for its parent to notice. Its first thread may end before the others. */
    boolean hasEnded() {
        return state == 'X' || (state == 'Z' && threads <= 1);
    }
}
