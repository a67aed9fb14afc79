package nexus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.api.Test;

/** The document and the resources say the same, and the document is one that clients can be generated from. */
class DocumentTest {
    private static final JsonNode DOCUMENT = document();
    private static final Schemas SCHEMAS = new Schemas(DOCUMENT);
    private static final Map<String, JsonNode> OPERATIONS = operations();
    private static final Map<String, Method> METHODS = methods();
    /** How JsonBody and QueryParameters are asked for a field or parameter. */
    private static final Pattern READ = Pattern.compile(
            "\\.(?:text|textOrNone|parsed|oneOf|integer|integers|bool|texts|object|objects|textsByName|rawObject|uuid"
                    + "|timestamp|has|isNull|readOnly)\\(\\s*\"([A-Za-z_]+)\"");

    private static JsonNode document() {
        try {
            return new YAMLMapper().readTree(Files.readString(java.nio.file.Path.of("docs/openapi.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By method and path, such as {@code GET /v1/stats}. */
    private static Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        DOCUMENT.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> operations.put(
                        method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), method.getValue())));
        return operations;
    }

    private static Map<String, Method> methods() {
        Map<String, Method> methods = new TreeMap<>();
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("nexus").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .map(JavaClass::reflect)
                        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                        .forEach(method -> Stream.of(method.getAnnotations())
                                .map(Annotation::annotationType)
                                .filter(kind -> kind.isAnnotationPresent(HttpMethod.class))
                                .map(kind ->
                                        kind.getAnnotation(HttpMethod.class).value())
                                .forEach(verb -> methods.put(verb + " " + path(method), method)));
        return methods;
    }

    private static String path(Method method) {
        Path own = method.getAnnotation(Path.class);
        String all =
                method.getDeclaringClass().getAnnotation(Path.class).value() + "/" + (own == null ? "" : own.value());
        return all.replaceAll("/+", "/").replaceFirst("/$", "");
    }

    @Test
    void everyResourceMethodIsAnOperationAndTheOtherWayRound() {
        assertThat(OPERATIONS.keySet()).containsExactlyInAnyOrderElementsOf(METHODS.keySet());
    }

    @Test
    void everyResourceMethodHasTheNameOfItsOperation() {
        List<String> faults = new ArrayList<>();
        METHODS.forEach((name, method) -> compare(
                faults,
                name,
                method.getName(),
                OPERATIONS.getOrDefault(name, DOCUMENT).path("operationId").asText()));
        assertThat(faults).isEmpty();
    }

    @Test
    void pathParametersBodiesAndMediaTypesAreThoseOfTheResourceMethod() {
        List<String> faults = new ArrayList<>();
        METHODS.forEach((name, method) -> {
            JsonNode operation = OPERATIONS.getOrDefault(name, DOCUMENT);
            compare(faults, name + " path parameters", pathParameters(method), documentedPathParameters(operation));
            boolean takesBody = Arrays.asList(method.getParameterTypes()).contains(byte[].class);
            compare(faults, name + " body", takesBody, operation.has("requestBody"));
            Consumes consumes = method.getAnnotation(Consumes.class);
            compare(
                    faults,
                    name + " required body",
                    consumes == null ? List.of() : List.of(consumes.value()),
                    operation.path("requestBody").path("required").asBoolean()
                            ? names(operation.path("requestBody").path("content"))
                            : List.of());
            Set<String> answers = new TreeSet<>();
            goodAnswers(operation).forEach(answer -> answers.addAll(names(answer.path("content"))));
            compare(faults, name + " answers", isEmpty(method) ? Set.of() : produces(method), answers);
        });
        assertThat(faults).isEmpty();
    }

    /** Requests are read by hand; OpenApiIT and DocumentEdgesIT send them. */
    @Test
    void everyAnswerHasTheFieldsThatTheDocumentShows() {
        Records records = new Records(SCHEMAS);
        METHODS.forEach((name, method) -> {
            if (!isEmpty(method)) {
                Type answer = answer(method);
                goodAnswers(OPERATIONS.getOrDefault(name, DOCUMENT)).forEach(response -> response.path("content")
                        .forEach(content -> records.compare(answer, content.path("schema"), name)));
            }
        });
        assertThat(records.faults()).isEmpty();
    }

    /** That the others are taken is what DocumentEdgesIT sees. */
    @Test
    void everyFieldAndParameterThatTheCodeReadsIsInTheDocument() throws IOException {
        Set<String> known =
                new TreeSet<>(names(DOCUMENT.at("/components/schemas/Subscription/properties"))); // sent back
        DOCUMENT.path("components")
                .path("parameters")
                .forEach(parameter -> known.add(parameter.path("name").asText()));
        OPERATIONS.values().forEach(operation -> operation
                .path("requestBody")
                .path("content")
                .forEach(content -> addProperties(content.path("schema"), known)));
        Set<String> read = new TreeSet<>();
        try (Stream<java.nio.file.Path> sources = Files.walk(java.nio.file.Path.of("src/main/java"))) {
            for (java.nio.file.Path source :
                    sources.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(source);
                if (text.contains("JsonBody") || text.contains("QueryParameters")) {
                    READ.matcher(text).results().map(found -> found.group(1)).forEach(read::add);
                }
            }
        }
        assertThat(read).hasSizeGreaterThan(40).isSubsetOf(known);
    }

    private static void addProperties(JsonNode given, Set<String> names) {
        JsonNode schema = SCHEMAS.resolved(given);
        SCHEMAS.properties(schema).forEach((name, property) -> {
            names.add(name);
            addProperties(property, names);
        });
        schema.path("anyOf").forEach(choice -> addProperties(choice, names));
        schema.path("oneOf").forEach(choice -> addProperties(choice, names));
        if (schema.has("items")) {
            addProperties(schema.path("items"), names);
        }
    }

    @Test
    void everyOperationIsDescribedInTheSameWay() {
        Set<String> tags = new HashSet<>(DOCUMENT.path("tags").findValuesAsText("name"));
        Set<String> ids = new HashSet<>();
        OPERATIONS.forEach((name, operation) -> {
            assertThat(ids.add(operation.path("operationId").asText())).as(name).isTrue();
            assertThat(operation.path("summary").asText()).as(name).isNotEmpty().doesNotEndWith(".");
            assertThat(operation.path("description").asText()).as(name).endsWith(".");
            assertThat(operation.path("tags")).as(name).hasSize(1);
            assertThat(tags).as(name).contains(operation.path("tags").path(0).asText());
            operation.path("parameters").forEach(parameter -> assertThat(parameter.has("$ref"))
                    .as(name + " " + parameter)
                    .isTrue());
            operation.path("responses").forEach(response -> assertThat(response.has("$ref"))
                    .as(name + " " + response)
                    .isTrue());
        });
        assertThat(DOCUMENT.path("servers")).isNotEmpty();
    }

    @Test
    void everyExampleFitsItsSchema() {
        List<String> faults = new ArrayList<>();
        OPERATIONS.forEach((name, operation) -> contents(operation).forEach(content -> {
            if (content.path("examples").isEmpty()) {
                faults.add(name + " has no example of " + content.path("schema"));
            }
            content.path("examples")
                    .forEach(example ->
                            faults.addAll(SCHEMAS.faults(content.path("schema"), example.path("value"), name)));
        }));
        assertThat(faults).isEmpty();
    }

    @Test
    void everyComponentIsUsed() {
        Set<String> used = new HashSet<>(DOCUMENT.findValuesAsText("$ref"));
        List<String> unused = new ArrayList<>();
        List.of("schemas", "responses", "parameters").forEach(kind -> DOCUMENT.path("components")
                .path(kind)
                .fieldNames()
                .forEachRemaining(name -> {
                    if (!used.contains("#/components/" + kind + "/" + name)) {
                        unused.add(kind + "/" + name);
                    }
                }));
        assertThat(unused).isEmpty();
    }

    /** Go puts the constants of all enums into one package, other generators name inline enums after their place. */
    @Test
    void everyEnumIsAComponentWithConstantsOfItsOwn() {
        Map<String, String> owners = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        DOCUMENT.path("components").path("schemas").properties().forEach(component -> {
            JsonNode names = component.getValue().path("x-enum-varnames");
            JsonNode values = component.getValue().path("enum");
            compare(
                    faults,
                    component.getKey() + " names",
                    names.isMissingNode() || names.size() == values.size(),
                    true);
            for (int i = 0; i < values.size(); i++) {
                String constant = names.isMissingNode()
                        ? values.path(i).asText().toUpperCase(Locale.ROOT).replace('-', '_')
                        : names.path(i).asText();
                String other = owners.put(constant, component.getKey());
                if (other != null) {
                    faults.add(constant + " is in " + other + " and " + component.getKey());
                }
            }
        });
        long named = DOCUMENT.path("components")
                .path("schemas")
                .valueStream()
                .filter(schema -> schema.has("enum"))
                .count();
        compare(faults, "enums", named, (long) DOCUMENT.findValues("enum").size());
        assertThat(faults).isEmpty();
    }

    /** Generated clients have one type for it then. */
    @Test
    void anIdIsTheSameSchemaEverywhere() {
        Map<String, String> schemas =
                Map.of("subscriptionId", "SubscriptionId", "listener_id", "SubscriptionId", "eventId", "EventId");
        List<String> faults = new ArrayList<>();
        schemas.forEach((name, schema) -> {
            String reference = "#/components/schemas/" + schema;
            DOCUMENT.path("components").path("parameters").forEach(parameter -> {
                if (parameter.path("name").asText().equals(name)) {
                    compare(
                            faults,
                            "parameter " + name,
                            parameter.path("schema").path("$ref").asText(),
                            reference);
                }
            });
            DOCUMENT.path("components").path("schemas").properties().forEach(component -> {
                JsonNode property = component.getValue().path("properties").path(name);
                boolean isPublishersOwn = Set.of("EventCreate", "PreviewEvent").contains(component.getKey());
                if (!property.isMissingNode() && !isPublishersOwn) {
                    compare(
                            faults,
                            component.getKey() + "." + name,
                            property.findValuesAsText("$ref"),
                            List.of(reference));
                }
            });
        });
        METHODS.forEach((name, method) -> documentedParameters(OPERATIONS.getOrDefault(name, DOCUMENT))
                .filter(parameter -> parameter.path("in").asText().equals("path")
                        && !parameter.path("name").asText().equals("name"))
                .forEach(parameter -> compare(
                        faults,
                        name,
                        parameter.path("schema").path("$ref").asText().endsWith("Id"),
                        true)));
        assertThat(faults).isEmpty();
    }

    private static <T> void compare(List<String> faults, String what, T code, T document) {
        if (!code.equals(document)) {
            faults.add(what + ": " + code + ", in the document " + document);
        }
    }

    private static Set<String> pathParameters(Method method) {
        Set<String> names = Stream.of(method.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(PathParam.class))
                .map(parameter -> parameter.getAnnotation(PathParam.class).value())
                .collect(Collectors.toSet());
        assertThat(names)
                .as(method.toString())
                .isEqualTo(Pattern.compile("\\{([^}]*)}")
                        .matcher(path(method))
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.toSet()));
        return names;
    }

    private static Set<String> documentedPathParameters(JsonNode operation) {
        return documentedParameters(operation)
                .filter(parameter -> parameter.path("in").asText().equals("path"))
                .map(parameter -> parameter.path("name").asText())
                .collect(Collectors.toSet());
    }

    private static Stream<JsonNode> documentedParameters(JsonNode operation) {
        return operation.path("parameters").valueStream().map(SCHEMAS::resolved);
    }

    private static Set<String> produces(Method method) {
        Produces own = method.getAnnotation(Produces.class);
        Produces produces = own == null ? method.getDeclaringClass().getAnnotation(Produces.class) : own;
        return Stream.of(produces.value()).map(type -> type.split(";", -1)[0]).collect(Collectors.toSet());
    }

    /** What has no problem for an answer. */
    private static List<JsonNode> goodAnswers(JsonNode operation) {
        return operation
                .path("responses")
                .valueStream()
                .map(SCHEMAS::resolved)
                .filter(response -> !response.path("content").has("application/problem+json"))
                .toList();
    }

    private static List<JsonNode> contents(JsonNode operation) {
        List<JsonNode> contents = new ArrayList<>();
        operation.path("requestBody").path("content").forEach(contents::add);
        operation
                .path("responses")
                .forEach(response -> SCHEMAS.resolved(response).path("content").forEach(contents::add));
        return contents;
    }

    private static List<String> names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    private static boolean isEmpty(Method method) {
        return answer(method) == Void.class;
    }

    /** What is in the answer's body; a bare {@code Response} would not say it. */
    private static Type answer(Method method) {
        Type type = method.getGenericReturnType();
        for (Class<?> wrapper : List.of(CompletionStage.class, RestResponse.class)) {
            if (type instanceof ParameterizedType wrapped && wrapped.getRawType() == wrapper) {
                type = wrapped.getActualTypeArguments()[0];
            }
        }
        return type;
    }
}
