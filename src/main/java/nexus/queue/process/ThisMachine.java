package nexus.queue.process;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads from Linux where this process runs and whether others run. On other systems nothing is known, so a silent process is
 * only taken over after the TTL.
 *
 * <p>All processes of a user that share a folder for temporary files share one lock file; each locks a byte of its own. The
 * kernel releases the lock when the process terminates, in any namespace.
 */
@Singleton
public class ThisMachine implements ProcessDeath.Look {
    private static final Logger LOG = Logger.getLogger(ThisMachine.class);

    private static final Path PROC = Path.of("/proc");
    /** The folder that Podman and Docker mount as the root of a container where there is no overlay. */
    private static final Pattern COPIED_ROOT = Pattern.compile("^\\S+ \\S+ (\\S+ /\\S*/vfs/dir/[0-9a-f]{64}) / ");

    private static final Pattern UPPER_DIRECTORY = Pattern.compile("[, ]upperdir=([!-+\\--~]{1,300})");
    private static final Pattern POD = Pattern.compile("/pods/([0-9a-f-]{36})/containers/([^/ ]{1,80})/");
    private static final Pattern HIDDEN = Pattern.compile("hidepid=(?!0|off)");

    /** The length of the text that distinguishes a lock file from an earlier, deleted one. */
    private static final int NAME_LENGTH = 36;

    /** Far after the text. */
    private static final long FIRST_LOCKED = 1L << 20;

    /** Never closed, because closing any channel of a file releases all locks of this process in it. */
    private static @Nullable LockFile lockFile; // guarded by the class

    private record LockFile(FileChannel channel, String name, long ownAt) {}

    private @Nullable ProcessPlace place; // guarded by this

    /** The place of this process. */
    public synchronized ProcessPlace place() {
        ProcessPlace known = place;
        if (known == null) {
            known = look();
            place = known;
        }
        return known;
    }

    @Override
    public ProcessDeath.Alive process(long pid, long started) {
        Path stat = PROC.resolve(Long.toString(pid)).resolve("stat");
        try {
            return ProcessStat.parse(Files.readString(stat, StandardCharsets.ISO_8859_1))
                    .map(found -> found.started() == started && !found.hasEnded()
                            ? ProcessDeath.Alive.YES
                            : ProcessDeath.Alive.NO)
                    .orElse(ProcessDeath.Alive.UNKNOWN);
        } catch (IOException e) {
            // processes of other users can be read here as well
            return Files.notExists(stat) ? ProcessDeath.Alive.NO : ProcessDeath.Alive.UNKNOWN;
        }
    }

    @Override
    public ProcessDeath.Alive lock(long at) {
        LockFile file = lockFile();
        if (file == null || at == file.ownAt()) {
            return ProcessDeath.Alive.UNKNOWN;
        }
        try (FileLock got = file.channel().tryLock(at, 1, false)) {
            return got == null ? ProcessDeath.Alive.YES : ProcessDeath.Alive.NO;
        } catch (IOException | OverlappingFileLockException e) {
            return ProcessDeath.Alive.UNKNOWN;
        }
    }

    private static ProcessPlace look() {
        Optional<String> boot = line(PROC.resolve("sys/kernel/random/boot_id"));
        Optional<ProcessStat> self = line(PROC.resolve("self/stat")).flatMap(ProcessStat::parse);
        if (boot.isEmpty()) {
            return ProcessPlace.unknown();
        }
        LockFile lock = lockFile();
        List<String> mounts = lines(PROC.resolve("self/mountinfo"));
        try {
            return new ProcessPlace(
                    boot.get(),
                    self.filter(stat -> sees(stat, mounts))
                            .flatMap(stat -> namespace())
                            .orElse(ProcessPlace.UNKNOWN),
                    self.map(ProcessStat::pid).orElse(0L),
                    self.map(ProcessStat::started).orElse(0L),
                    container(mounts).orElse(ProcessPlace.UNKNOWN),
                    lock == null ? ProcessPlace.UNKNOWN : lock.name(),
                    lock == null ? 0 : lock.ownAt());
        } catch (IllegalArgumentException e) {
            LOG.debugf("place of this process not known reason=%s", e.getMessage());
            return ProcessPlace.unknown();
        }
    }

    /** Whether {@code /proc} shows all processes of the own namespace. */
    private static boolean sees(ProcessStat self, List<String> mounts) {
        return self.pid() == ProcessHandle.current().pid()
                && mounts.stream().filter(mount -> mount.contains(" /proc ")).noneMatch(mount -> HIDDEN.matcher(mount)
                        .find());
    }

    private static Optional<String> namespace() {
        try {
            return Optional.of(Files.readSymbolicLink(PROC.resolve("self/ns/pid")) + ","
                    + (Files.exists(PROC.resolve("self/ns/time"))
                            ? Files.readSymbolicLink(PROC.resolve("self/ns/time"))
                            : ""));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /**
     * Identifies the container by its writable layer, which is not shared. A pod creates new containers at each restart, so there
     * the names of pod and container identify it.
     */
    static Optional<String> container(List<String> mounts) {
        return first(mounts, POD, pod -> "pod:" + pod.group(1) + "/" + pod.group(2))
                .or(() -> first(
                        mounts.stream()
                                .filter(mount -> mount.matches("\\S+ \\S+ \\S+ / / .* - overlay .*"))
                                .toList(),
                        UPPER_DIRECTORY,
                        layer -> "layer:" + layer.group(1)))
                .or(() -> first(mounts, COPIED_ROOT, root -> "layer:" + root.group(1)));
    }

    private interface Naming {
        String of(Matcher found);
    }

    private static Optional<String> first(List<String> mounts, Pattern pattern, Naming naming) {
        return mounts.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(naming::of)
                .findFirst();
    }

    private static @Nullable LockFile lockFile() {
        synchronized (ThisMachine.class) {
            if (lockFile == null) {
                try {
                    lockFile = opened();
                } catch (IOException | RuntimeException e) {
                    LOG.debugf("no lock file reason=%s", e.getMessage());
                }
            }
            return lockFile;
        }
    }

    private static LockFile opened() throws IOException {
        String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9_-]", "_");
        Path file = Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "nexus-" + user + ".lock");
        FileChannel channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            String name;
            try (FileLock _ = channel.lock(0, NAME_LENGTH, false)) {
                name = name(channel);
            }
            long ownAt = ThreadLocalRandom.current().nextLong(FIRST_LOCKED, Long.MAX_VALUE / 2);
            if (channel.tryLock(ownAt, 1, false) == null) {
                throw new IOException("byte " + ownAt + " is locked");
            }
            // a copy of the file has the same text
            return new LockFile(channel, name + "," + Files.getAttribute(file, "unix:ino"), ownAt);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String name(FileChannel channel) throws IOException {
        ByteBuffer written = ByteBuffer.allocate(NAME_LENGTH);
        channel.read(written, 0);
        String name = new String(written.array(), StandardCharsets.US_ASCII);
        if (name.matches("[0-9a-f-]{36}")) {
            return name;
        }
        String fresh = UUID.randomUUID().toString();
        channel.write(ByteBuffer.wrap(fresh.getBytes(StandardCharsets.US_ASCII)), 0);
        return fresh;
    }

    private static Optional<String> line(Path file) {
        return lines(file).stream().findFirst();
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.toList();
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }
}
