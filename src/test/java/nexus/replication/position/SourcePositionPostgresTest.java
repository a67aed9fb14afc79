package nexus.replication.position;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import nexus.capture.ResumePoint;
import nexus.intake.CheckpointLostException;
import nexus.pgoutput.Lsn;
import nexus.store.Store;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcePositionPostgresTest {
    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final SourcePositionRepository positions = new SourcePositionRepository(store);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everyPointIsStoredAndReadAsItIs() {
        Random random = new Random(7);
        await(positions.create("nexus", "7", 1, Lsn.parse("0/64"), "same"));
        SourcePosition taken = await(positions.takeOver("nexus")).orElseThrow().position();
        assertThat(taken).isEqualTo(new SourcePosition("nexus", "7", 1, 1, ResumePoint.between(Lsn.parse("0/64"))));

        for (int i = 0; i < 200; i++) {
            Lsn done = new Lsn(random.nextLong() >>> random.nextInt(64));
            Optional<ResumePoint.Open> open = Optional.of(new ResumePoint.Open(
                            new Lsn(random.nextLong() >>> random.nextInt(64)),
                            Math.max(1, random.nextLong() >>> 1 >>> random.nextInt(63))))
                    .filter(half -> random.nextBoolean());
            SourcePosition to = taken.at(new ResumePoint(done, open));
            await(positions.move(to, "same", List.of()));
            assertThat(await(positions.find("nexus")).orElseThrow().position()).isEqualTo(to);
            assertThat(taken.upTo(to).after())
                    .isEqualTo(TestPostgres.query(url, "SELECT checkpoint FROM nexus.source_position")
                            .getFirst());
        }
    }

    @Test
    void whoeverWasTakenOverMovesNothing() {
        await(positions.create("nexus", "7", 1, Lsn.parse("0/64"), "same"));
        SourcePosition first = await(positions.takeOver("nexus")).orElseThrow().position();
        SourcePosition second = await(positions.takeOver("nexus")).orElseThrow().position();

        assertThatThrownBy(() ->
                        await(positions.move(first.at(ResumePoint.between(Lsn.parse("0/C8"))), "same", List.of())))
                .isInstanceOf(CheckpointLostException.class);
        assertThat(await(positions.find("nexus")).orElseThrow().position()).isEqualTo(second);
    }

    /** Another spelling of the same position would never again equal what a process expects. */
    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "0/", "0/064", "00/64", "0/c8", "0/64 ", "0/64 0/12C", "0/64 0/12C:07", "0/64 0/12C:0"})
    void theTableAcceptsNoOtherSpelling(String text) {
        await(positions.create("nexus", "7", 1, Lsn.parse("0/64"), "same"));
        assertThatThrownBy(
                        () -> TestPostgres.execute(url, "UPDATE nexus.source_position SET checkpoint = '" + text + "'"))
                .hasMessageContaining("checkpoint");
    }
}
