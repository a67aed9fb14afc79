package nexus.queue.process;

import static nexus.queue.process.ProcessDeath.Verdict.ENDED;
import static nexus.queue.process.ProcessDeath.Verdict.ENDING;
import static nexus.queue.process.ProcessDeath.Verdict.UNPROVEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import nexus.queue.process.ProcessDeath.Alive;
import nexus.queue.process.ProcessDeath.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only what proves that a process has ended lets another one take its shards before its beat has stood still. */
class ProcessDeathTest {
    private static final ProcessPlace OWN =
            new ProcessPlace("boot", "pid:[1],time:[1]", 20, 500, "layer:/a", "file,7", 1_000);

    private static final ProcessPlace HERE =
            new ProcessPlace("boot", "pid:[1],time:[1]", 10, 300, "layer:/a", "file,7", 900);

    static Stream<Arguments> cases() {
        return Stream.of(
                row("same namespace, not there", HERE, Alive.NO, Alive.NO, ENDED),
                row("same namespace, runs", HERE, Alive.YES, Alive.NO, UNPROVEN),
                row("same namespace, not to be seen", HERE, Alive.UNKNOWN, Alive.NO, UNPROVEN),
                row("same namespace without a lock file", file(HERE, "-"), Alive.NO, Alive.UNKNOWN, ENDED),
                row("another boot: another machine, or this one before", boot("other"), Alive.NO, Alive.NO, UNPROVEN),
                row("a boot that is not known", boot("-"), Alive.NO, Alive.NO, UNPROVEN),
                row("another namespace, its lock is free", elsewhere("layer:/b", "file,7"), Alive.NO, Alive.NO, ENDED),
                row("another namespace, it locks", elsewhere("layer:/b", "file,7"), Alive.NO, Alive.YES, UNPROVEN),
                row(
                        "the lock counts before the container",
                        elsewhere("layer:/a", "file,7"),
                        Alive.NO,
                        Alive.YES,
                        UNPROVEN),
                row(
                        "another namespace and file, same container: it was started again",
                        elsewhere("layer:/a", "file,8"),
                        Alive.NO,
                        Alive.NO,
                        ENDED),
                row("another container beside this one", elsewhere("layer:/b", "file,8"), Alive.NO, Alive.NO, UNPROVEN),
                row("nothing known but the machine", elsewhere("-", "-"), Alive.NO, Alive.NO, UNPROVEN),
                row(
                        "its namespace is not known, its lock is free",
                        new ProcessPlace("boot", "-", 10, 300, "-", "file,7", 900),
                        Alive.NO,
                        Alive.NO,
                        ENDED),
                row(
                        "its namespace is not known, same container",
                        new ProcessPlace("boot", "-", 10, 300, "layer:/a", "-", 0),
                        Alive.NO,
                        Alive.NO,
                        UNPROVEN));
    }

    private static Arguments row(String name, ProcessPlace other, Alive process, Alive lock, Verdict verdict) {
        return Arguments.of(name, other, process, lock, verdict);
    }

    private static ProcessPlace boot(String boot) {
        return new ProcessPlace(boot, HERE.namespace(), 10, 300, HERE.container(), HERE.lockFile(), 900);
    }

    private static ProcessPlace file(ProcessPlace of, String file) {
        return new ProcessPlace(of.boot(), of.namespace(), of.pid(), of.started(), of.container(), file, of.lockAt());
    }

    private static ProcessPlace elsewhere(String container, String file) {
        return new ProcessPlace("boot", "pid:[2],time:[1]", 1, 300, container, file, 900);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void onlyAProofCounts(String name, ProcessPlace other, Alive process, Alive lock, Verdict expected) {
        ProcessDeath.Look look = look(process, lock);

        assertThat(ProcessDeath.of(OWN, other, false, look)).isEqualTo(expected);
        assertThat(ProcessDeath.of(OWN, other, true, look))
                .as("while the server has its connection")
                .isEqualTo(expected == ENDED ? ENDING : UNPROVEN);
        assertThat(ProcessDeath.of(ProcessPlace.unknown(), other, false, look))
                .as("by one that knows nothing of itself")
                .isEqualTo(UNPROVEN);
    }

    @Test
    void whatARowSaysIsReadAsItWasWritten() {
        assertThat(ProcessPlace.parse(HERE.text())).contains(HERE);
        assertThat(ProcessPlace.parse(ProcessPlace.unknown().text())).contains(ProcessPlace.unknown());
        assertThat(Stream.of(null, "", "x", "a b c d e f g", "a b 1 2 e f 3 h", "a b 1 2 \u00e9 f 3"))
                .allSatisfy(text -> assertThat(ProcessPlace.parse(text)).isEmpty());
    }

    private static ProcessDeath.Look look(Alive process, Alive lock) {
        return new ProcessDeath.Look() {
            @Override
            public Alive process(long pid, long started) {
                return process;
            }

            @Override
            public Alive lock(long at) {
                return lock;
            }
        };
    }
}
