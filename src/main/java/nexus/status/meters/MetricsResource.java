package nexus.status.meters;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import nexus.api.page.QueryParameters;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The meters for those who can't reach the management port; there they need no key. */
@Path("/v1/metrics")
@Tag(name = "Status")
@SuppressWarnings("deprecation") // it is the registry that this version of Quarkus still brings
public class MetricsResource {
    private static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

    private final PrometheusMeterRegistry registry;

    public MetricsResource(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @GET
    @Produces(PROMETHEUS_TEXT)
    @Operation(operationId = "getMetrics", summary = "Show the meters as Prometheus reads them")
    @APIResponse(
            responseCode = "200",
            description = "The same as /q/metrics on the management port.",
            content =
                    @Content(
                            mediaType = "text/plain",
                            schema = @Schema(type = SchemaType.STRING),
                            examples =
                                    @ExampleObject(
                                            name = "one meter",
                                            value = "nexus_queue_owed{status=\"pending\"} 3.0")))
    public String metrics(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return registry.scrape();
    }
}
