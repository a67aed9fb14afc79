package nexus.replication.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Random;
import nexus.pgoutput.Lsn;
import org.junit.jupiter.api.Test;

class CommitSearchTest {
    private static final long BEFORE = 0x3_0000_0100L;

    private int trials;

    @Test
    void theCommitIsFoundWhereverItIs() throws SQLException {
        Random random = new Random(7);
        for (int round = 0; round < 1_000; round++) {
            long commit = BEFORE + 1 + random.nextLong(1L << random.nextInt(1, 34));
            long end = commit + random.nextLong(1L << random.nextInt(1, 34));
            trials = 0;
            assertThat(found(commit, end)).contains(new Lsn(commit));
            assertThat(trials).isLessThan(60);
        }
    }

    @Test
    void theCommitMayBeNextToTheChangeOrAtTheEnd() throws SQLException {
        assertThat(found(BEFORE + 1, BEFORE + 1)).contains(new Lsn(BEFORE + 1));
        assertThat(found(BEFORE + 1, BEFORE + 100_000)).contains(new Lsn(BEFORE + 1));
        assertThat(found(BEFORE + 100_000, BEFORE + 100_000)).contains(new Lsn(BEFORE + 100_000));
    }

    @Test
    void nothingIsFoundWhileEveryStreamFails() throws SQLException {
        assertThat(found(BEFORE + 100_000, BEFORE + 99_999)).isEmpty();
    }

    private Optional<Lsn> found(long commit, long end) throws SQLException {
        return CommitSearch.commit(new Lsn(BEFORE), new Lsn(end), from -> {
            trials++;
            return from.value() > commit;
        });
    }
}
