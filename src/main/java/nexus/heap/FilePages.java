package nexus.heap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;
import org.graalvm.word.WordFactory;

/**
 * The pages of the executable's file that are in memory. The system brings in the neighbours of each page that is used, and
 * after a start keeps most of the file in memory, although an idle process uses a part of it. Pages that are used again
 * come from the system's cache.
 */
final class FilePages {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final Path EXECUTABLE = Path.of("/proc/self/exe");

    /** {@code MADV_DONTNEED} of Linux. */
    private static final int NOT_NEEDED = 4;

    private FilePages() {}

    /** Addresses from {@code start} to before {@code end}. */
    record Range(long start, long end) {}

    /** Releases the pages; elsewhere than on Linux it does nothing. */
    static void release() {
        try {
            if (Files.isReadable(MAPPINGS)) {
                String executable = Files.readSymbolicLink(EXECUTABLE).toString();
                for (Range range : releasable(Files.readAllLines(MAPPINGS), executable)) {
                    advise(
                            WordFactory.pointer(range.start()),
                            WordFactory.unsigned(range.end() - range.start()),
                            NOT_NEEDED);
                }
            }
        } catch (IOException | RuntimeException e) {
            // the pages stay, as they did before
        }
    }

    /**
     * Only mappings that are read-only and have no page of their own: what a process has written into its copy of a page would
     * be lost.
     *
     * @param mappings lines of {@code /proc/self/smaps}
     */
    static List<Range> releasable(List<String> mappings, String file) {
        List<Range> ranges = new ArrayList<>();
        Range current = null;
        for (String line : mappings) {
            String[] parts = line.split(" +", 6);
            if (parts[0].endsWith(":")) {
                if (current != null && parts[0].equals("Anonymous:") && parts[1].equals("0")) {
                    ranges.add(current);
                }
            } else {
                boolean isReadOnly = parts.length == 6 && parts[1].startsWith("r-") && parts[5].equals(file);
                current = isReadOnly ? range(parts[0]) : null;
            }
        }
        return ranges;
    }

    private static Range range(String addresses) {
        int dash = addresses.indexOf('-');
        return new Range(
                Long.parseUnsignedLong(addresses, 0, dash, 16),
                Long.parseUnsignedLong(addresses, dash + 1, addresses.length(), 16));
    }

    @CFunction(value = "madvise", transition = CFunction.Transition.NO_TRANSITION)
    private static native int advise(PointerBase address, UnsignedWord length, int advice);
}
