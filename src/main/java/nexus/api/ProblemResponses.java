package nexus.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;

/**
 * Adds to every operation of the document what all of them may answer, and that they need a key, so that no resource
 * has to say so itself.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ProblemResponses implements OASFilter {
    private static final String HEALTH = "/v1/health";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Map<String, PathItem> paths = document.getPaths().getPathItems();
        if (paths != null) {
            paths.forEach(
                    (path, item) -> item.getOperations().values().forEach(operation -> complete(path, operation)));
        }
    }

    private static void complete(String path, Operation operation) {
        if (path.equals(HEALTH)) {
            operation.setSecurity(List.of());
            return;
        }
        add(operation, "401", "Unauthorized");
        add(operation, "403", "Forbidden");
        add(operation, "422", "Invalid");
        add(operation, "500", "Internal");
        add(operation, "503", "Unavailable");
        if (path.indexOf('{') >= 0) {
            add(operation, "404", "NotFound");
        }
        if (operation.getRequestBody() != null) {
            add(operation, "400", "Malformed");
            add(operation, "413", "TooLarge");
            add(operation, "415", "UnsupportedMediaType");
        }
    }

    private static void add(Operation operation, String status, String response) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        if (!operation.getResponses().hasAPIResponse(status)) {
            operation
                    .getResponses()
                    .addAPIResponse(status, OASFactory.createAPIResponse().ref(response));
        }
    }
}
