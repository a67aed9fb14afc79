package nexus.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Adds to every operation of the document what all of them may answer, that they need a key, and what each refusal and
 * each id in a path looks like, so that no resource has to say so itself.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ProblemResponses implements OASFilter {
    private static final String HEALTH = "/v1/health";
    private static final String SOME_ID = "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55";

    /** The component that stands for a status. */
    private static final Map<String, String> RESPONSES = Map.ofEntries(
            Map.entry("400", "Malformed"),
            Map.entry("401", "Unauthorized"),
            Map.entry("403", "Forbidden"),
            Map.entry("404", "NotFound"),
            Map.entry("409", "Conflict"),
            Map.entry("410", "Gone"),
            Map.entry("413", "TooLarge"),
            Map.entry("415", "UnsupportedMediaType"),
            Map.entry("422", "Invalid"),
            Map.entry("429", "RateLimited"),
            Map.entry("500", "Internal"),
            Map.entry("503", "Unavailable"));

    @Override
    public void filterOpenAPI(OpenAPI document) {
        Map<String, PathItem> paths = document.getPaths().getPathItems();
        if (paths != null) {
            Map<String, APIResponse> components = document.getComponents().getResponses();
            paths.forEach((path, item) -> item.getOperations().values().forEach(operation -> {
                complete(path, operation);
                describe(operation, components);
            }));
        }
    }

    private static void complete(String path, Operation operation) {
        if (path.equals(HEALTH)) {
            operation.setSecurity(List.of());
            Stream.of("400", "422").forEach(status -> add(operation, status));
            return;
        }
        // the generator has put a bare 400 where there is a body
        operation.getResponses().removeAPIResponse("400");
        Stream.of("400", "401", "403", "422", "429", "500", "503").forEach(status -> add(operation, status));
        if (path.indexOf('{') >= 0) {
            add(operation, "404");
        }
        if (operation.getRequestBody() != null) {
            Stream.of("413", "415").forEach(status -> add(operation, status));
        }
    }

    private static void add(Operation operation, String status) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        if (!operation.getResponses().hasAPIResponse(status)) {
            operation
                    .getResponses()
                    .addAPIResponse(
                            status, OASFactory.createAPIResponse().ref(Objects.requireNonNull(RESPONSES.get(status))));
        }
    }

    /** A resource may say in its own words when it refuses; how that looks is the same everywhere. */
    private static void describe(Operation operation, Map<String, APIResponse> components) {
        operation.getResponses().getAPIResponses().forEach((status, response) -> {
            APIResponse component = components.get(RESPONSES.getOrDefault(status, ""));
            if (component != null && response.getRef() == null && response.getContent() == null) {
                response.setContent(component.getContent());
            }
        });
        if (operation.getParameters() != null) {
            operation.getParameters().stream()
                    .filter(parameter -> parameter.getIn() == Parameter.In.PATH)
                    .forEach(ProblemResponses::describe);
        }
    }

    private static void describe(Parameter id) {
        if (id.getDescription() == null) {
            id.setDescription("As the answers name it.");
        }
        if (id.getExample() == null) {
            id.setExample(SOME_ID);
        }
    }
}
