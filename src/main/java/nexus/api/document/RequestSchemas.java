package nexus.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import nexus.api.json.JsonBody;
import nexus.api.page.QueryParameters;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the document how {@link JsonBody} and {@link QueryParameters} read every request, so that no resource has to
 * say so itself: unknown fields are refused, null is taken for a field that may be absent, texts have a form.
 *
 * <p>What a call makes is often shown in full by its answer, so a request's schema is that of the answer without the fields
 * that callers cannot set. PATCH keeps them, because a whole answer may come back.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class RequestSchemas implements OASFilter {
    private static final int MAX_PARAMETER = 2_048;
    /** Fields of a PATCH without a default that null could reset them to. */
    private static final Set<String> NEVER_NULL = Set.of("endpointUrl", "eventTypes", "secret");

    private static final String STORABLE = "^[^\\u0000]*$";

    private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    /** A name whose last label is no number, or an IPv4 address. */
    private static final String HOST = "((" + LABEL + "\\.)*(?!(0[xX][0-9a-fA-F]*|[0-9]+)\\.?([:/?]|$))" + LABEL
            + "\\.?|" + BYTE + "(\\." + BYTE + "){3})";
    /** 80, 443 or from 1025 to 65535. */
    private static final String PORT = "(:(80|443|102[5-9]|10[3-9][0-9]|1[1-9][0-9]{2}|[2-9][0-9]{3}|[1-5][0-9]{4}"
            + "|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?";

    private static final Map<String, String> FORMS = Map.of(
            "date-time",
            // with an offset, the first day may begin before 1970 and the last one end after 9999
            "^(?!1970-01-01[Tt][^+]*\\+|9999-12-31[Tt][^-]*-)(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]"
                    + "(:[0-5][0-9](\\.[0-9]{1,9})?)?([Zz]|[+-](0[0-9]|1[0-7]):[0-5][0-9]|[+-]18:00)$",
            "uri",
            "^(?!.*%(?![0-9A-Fa-f]{2}))[Hh][Tt][Tt][Pp][Ss]?://(" + HOST + "|\\[[0-9A-Fa-f:.]+\\])" + PORT
                    + "([/?][A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?$");

    private final Map<String, Schema> components = new HashMap<>();
    private final Set<Schema> closed = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public void filterOpenAPI(OpenAPI document) {
        components.putAll(document.getComponents().getSchemas());
        Map<String, String> shared = new HashMap<>();
        document.getComponents().getParameters().forEach((component, parameter) -> {
            shared.put(parameter.getName(), component);
            describe(parameter);
        });
        // the order of the paths and of their operations does not change what comes out
        new TreeMap<>(document.getPaths().getPathItems()).values().forEach(item -> item.getOperations()
                .forEach((method, operation) -> {
                    describeBody(operation, method == HttpMethod.PATCH);
                    if (operation.getParameters() != null) {
                        operation.setParameters(operation.getParameters().stream()
                                .map(parameter -> described(parameter, shared))
                                .toList());
                    }
                }));
    }

    /** A query parameter that says no more than its name is the shared one of that name. */
    private static Parameter described(Parameter parameter, Map<String, String> shared) {
        if (parameter.getIn() != Parameter.In.QUERY) {
            return parameter;
        }
        String component = shared.get(parameter.getName());
        if (component != null && parameter.getDescription() == null) {
            return OASFactory.createParameter().ref(component);
        }
        describe(parameter);
        return parameter;
    }

    private static void describe(Parameter parameter) {
        Schema schema = parameter.getSchema();
        if (parameter.getIn() == Parameter.In.QUERY && schema != null && isText(schema)) {
            giveForm(schema);
            if (schema.getFormat() == null && schema.getEnumeration() == null && schema.getMaxLength() == null) {
                schema.setMaxLength(MAX_PARAMETER);
            }
        }
    }

    private void describeBody(Operation operation, boolean isChange) {
        if (operation.getRequestBody() != null && operation.getRequestBody().getContent() != null) {
            operation
                    .getRequestBody()
                    .getContent()
                    .getMediaTypes()
                    .values()
                    .forEach(content -> content.setSchema(request(content.getSchema(), isChange)));
        }
    }

    private Schema request(Schema given, boolean isChange) {
        Schema whole = given.getAllOf() == null
                ? resolved(given)
                : resolved(given.getAllOf().getFirst());
        Map<String, Schema> shown = Objects.requireNonNullElse(whole.getProperties(), Map.of());
        if (shown.values().stream().noneMatch(RequestSchemas::isReadOnly)) {
            close(whole, Set.of());
            return given;
        }
        Schema request = copy(whole);
        Map<String, Schema> properties = new LinkedHashMap<>();
        shown.forEach((name, property) -> {
            if (isChange || !isReadOnly(property)) {
                properties.put(name, copy(property));
            }
        });
        request.setProperties(properties);
        request.setRequired(given.getRequired());
        close(request, isChange ? NEVER_NULL : Set.of());
        return request;
    }

    /** Nothing but its properties, and null for those that may be absent. */
    private void close(Schema object, Set<String> neverNull) {
        Map<String, Schema> properties = object.getProperties();
        if (properties == null || !closed.add(object)) {
            return;
        }
        object.setAdditionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
        List<String> required = Objects.requireNonNullElse(object.getRequired(), List.of());
        Map<String, Schema> strict = new LinkedHashMap<>();
        properties.forEach((name, property) -> {
            closeIn(property);
            giveForm(property);
            boolean mayBeNull = !required.contains(name) && !neverNull.contains(name) && !isReadOnly(property);
            strict.put(name, mayBeNull ? nullable(property) : property);
        });
        object.setProperties(strict);
    }

    private void closeIn(@Nullable Schema schema) {
        if (schema == null) {
            return;
        }
        Schema whole = resolved(schema);
        close(whole, Set.of());
        closeIn(whole.getItems());
        choices(whole).forEach(this::closeIn);
    }

    private static void giveForm(Schema schema) {
        if (isText(schema)
                && !isReadOnly(schema)
                && schema.getPattern() == null
                && schema.getEnumeration() == null
                && !"uuid".equals(schema.getFormat())) {
            schema.setPattern(schema.getFormat() == null ? STORABLE : FORMS.getOrDefault(schema.getFormat(), STORABLE));
        }
    }

    private Schema nullable(Schema schema) {
        if (isNullable(schema)) {
            return schema;
        }
        if (schema.getRef() == null && schema.getEnumeration() == null && schema.getType() != null) {
            List<SchemaType> types = new ArrayList<>(schema.getType());
            types.add(SchemaType.NULL);
            schema.setType(types);
            return schema;
        }
        Schema choice = copy(schema);
        choice.setDescription(null);
        choice.setDefaultValue(null);
        return OASFactory.createSchema()
                .description(schema.getDescription())
                .defaultValue(schema.getDefaultValue())
                .addAnyOf(choice)
                .addAnyOf(OASFactory.createSchema().addType(SchemaType.NULL));
    }

    private boolean isNullable(Schema schema) {
        Schema whole = resolved(schema);
        return (whole.getType() != null && whole.getType().contains(SchemaType.NULL))
                || choices(whole).stream().anyMatch(this::isNullable);
    }

    private static List<Schema> choices(Schema schema) {
        List<Schema> choices = new ArrayList<>();
        choices.addAll(Objects.requireNonNullElse(schema.getAnyOf(), List.of()));
        choices.addAll(Objects.requireNonNullElse(schema.getOneOf(), List.of()));
        return choices;
    }

    private static boolean isText(Schema schema) {
        return schema.getRef() == null
                && schema.getType() != null
                && schema.getType().contains(SchemaType.STRING);
    }

    private static boolean isReadOnly(Schema schema) {
        return Boolean.TRUE.equals(schema.getReadOnly());
    }

    private static Schema copy(Schema schema) {
        Schema copy = OASFactory.createSchema();
        copy.setAll(schema.getAll());
        return copy;
    }

    private Schema resolved(Schema schema) {
        String reference = schema.getRef();
        return reference == null
                ? schema
                : Objects.requireNonNull(
                        components.get(reference.substring(reference.lastIndexOf('/') + 1)), reference);
    }
}
