package nexus.status.meters;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import nexus.api.page.QueryParameters;

/** The meters for clients that cannot reach the management port, where no key is needed. */
@Singleton
@Path("/v1/metrics")
@Produces(MetricsResource.PROMETHEUS_TEXT)
@SuppressWarnings("deprecation") // this version of Quarkus still provides this registry
public class MetricsResource {
    static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

    private final PrometheusMeterRegistry registry;

    @Inject
    MetricsResource(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @GET
    public String getMetrics(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return registry.scrape();
    }
}
