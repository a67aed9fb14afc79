package nexus.subscription.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.subscription.target.TargetCatalog;

/** {@code GET /v1/target-types}: which kinds of targets there are, and which fields each has. */
@Singleton
@Path("/v1/target-types")
@Produces(MediaType.APPLICATION_JSON)
public class TargetTypeResource {
    /** See {@link TargetCatalog.Description}. */
    @RegisterForReflection
    record TargetTypeAnswer(String targetType, String description, Map<String, Object> schema, List<String> secrets) {
        static TargetTypeAnswer of(TargetCatalog.Description type) {
            return new TargetTypeAnswer(type.type().name(), type.description(), type.schema(), type.secrets());
        }
    }

    @GET
    public Page<TargetTypeAnswer> listTargetTypes(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return new Page<>(TargetCatalog.all().stream().map(TargetTypeAnswer::of).toList(), null);
    }
}
