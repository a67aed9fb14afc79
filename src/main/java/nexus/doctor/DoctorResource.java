package nexus.doctor;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nexus.api.page.QueryParameters;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.process.ProcessConfig;
import nexus.replication.source.SourceConfig;
import nexus.store.PostgresUrl;
import nexus.store.StoreConfig;
import nexus.subscription.secret.SecretConfig;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/doctor}: what {@code ./nexus doctor} prints. */
@Singleton
@Path("/v1/doctor")
@Produces(MediaType.APPLICATION_JSON)
public class DoctorResource {
    private final Subject subject;
    private @Nullable CompletableFuture<Diagnosis> examination; // guarded by this

    @Inject
    DoctorResource(StoreConfig store, SourceConfig source, SecretConfig secret, ProcessConfig process) {
        this.subject = new Subject(
                Optional.of(PostgresUrl.parse(source.url())),
                Optional.of(PostgresUrl.parse(store.url())),
                source.slot(),
                source.publication(),
                Optional.of(secret.key()),
                process.embedded());
    }

    @GET
    public CompletionStage<Diagnosis> getDoctor(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return shared();
    }

    /** Requests during an examination share its result, so that many callers do not load the databases. */
    private synchronized CompletableFuture<Diagnosis> shared() {
        if (examination == null || examination.isDone()) {
            examination = CompletableFuture.supplyAsync(() -> Doctor.examine(subject), Thread::startVirtualThread);
        }
        return examination;
    }
}
