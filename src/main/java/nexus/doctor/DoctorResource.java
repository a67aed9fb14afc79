package nexus.doctor;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nexus.api.page.QueryParameters;
import nexus.doctor.check.Check;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.process.ProcessConfig;
import nexus.replication.source.SourceConfig;
import nexus.replication.state.CaptureStatus;
import nexus.store.PostgresUrl;
import nexus.store.StoreConfig;
import nexus.subscription.secret.SecretConfig;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/doctor}: what {@code ./nexus doctor} prints, and what only the running process knows. */
@Singleton
@Path("/v1/doctor")
@Produces(MediaType.APPLICATION_JSON)
public class DoctorResource {
    private final Subject subject;
    private final CaptureStatus capture;
    private @Nullable CompletableFuture<Diagnosis> underWay; // guarded by this

    @Inject
    DoctorResource(
            StoreConfig store, SourceConfig source, SecretConfig secret, ProcessConfig process, CaptureStatus capture) {
        this.capture = capture;
        this.subject = new Subject(
                Optional.of(PostgresUrl.parse(source.url())),
                Optional.of(PostgresUrl.parse(store.url())),
                source.slot(),
                source.publication(),
                Optional.of(secret.key()),
                process.embedded());
    }

    @GET
    public CompletionStage<Diagnosis> examine(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return shared();
    }

    /** With what only this process knows, where it captures. */
    private Diagnosis examined() {
        Diagnosis diagnosis = Doctor.examine(subject);
        List<Check> checks = new ArrayList<>(diagnosis.checks());
        capture.undecoded().map(CaptureChecks::undecoded).ifPresent(checks::add);
        return Diagnosis.of(checks);
    }

    /** Who asks during an examination shares it: the databases are not to suffer from many who ask. */
    private synchronized CompletableFuture<Diagnosis> shared() {
        if (underWay == null || underWay.isDone()) {
            underWay = CompletableFuture.supplyAsync(() -> examined(), Thread::startVirtualThread);
        }
        return underWay;
    }
}
