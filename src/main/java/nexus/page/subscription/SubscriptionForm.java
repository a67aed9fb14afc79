package nexus.page.subscription;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.page.ApiAnswer;
import nexus.page.PageApi;
import nexus.page.PageRequest;
import nexus.page.content.ReadableJson;
import nexus.page.subscription.Fields.Change;
import nexus.page.subscription.Fields.Entered;
import nexus.page.subscription.Fields.Mistake;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** What the template of the form shows: inputs with their values, and what saving would do. */
final class SubscriptionForm {
    private static final String DEFAULT_TYPE = "WEBHOOK";
    private static final int MOST_TABLES = 250;
    private static final List<String> OPERATIONS = List.of("insert", "update", "delete", "truncate");

    private final PageApi api;
    private final Catalogue catalogue;
    private final Optional<Value.Fields> stored;
    private final Map<String, List<String>> form;

    /** The types of targets, as the API describes them. */
    record Catalogue(List<Map<String, @Nullable Object>> types) {
        Map<String, @Nullable Object> type(String name) {
            return types.stream()
                    .filter(type -> name.equals(type.get("targetType")))
                    .findFirst()
                    .orElse(Map.of());
        }
    }

    /** @param stored the subscription as it is; empty for a new one */
    SubscriptionForm(PageApi api, Catalogue catalogue, Optional<Value.Fields> stored, Map<String, List<String>> form) {
        this.api = api;
        this.catalogue = catalogue;
        this.stored = stored;
        this.form = form;
    }

    /** The values that a new form begins with, or those of the stored subscription. */
    static SubscriptionForm first(
            PageApi api, Catalogue catalogue, Optional<Value.Fields> stored, Map<String, List<String>> begin) {
        String type = stored.map(value -> plain(value.get("targetType")))
                .orElseGet(() -> one(begin, "targetType").orElse(DEFAULT_TYPE));
        Map<String, List<String>> form = new HashMap<>(fieldsOf(catalogue, type)
                .entered(stored.<Value>map(value -> value).orElse(Value.MISSING)));
        form.put("targetType", List.of(type));
        form.putAll(begin);
        return new SubscriptionForm(api, catalogue, stored, form);
    }

    private static String plain(Value value) {
        return value instanceof Value.Text text ? text.value() : DEFAULT_TYPE;
    }

    static Optional<String> one(Map<String, List<String>> form, String name) {
        return form.getOrDefault(name, List.of()).stream().findFirst().filter(text -> !text.isEmpty());
    }

    String targetType() {
        return one(form, "targetType").orElse(DEFAULT_TYPE);
    }

    Fields fields() {
        return fieldsOf(catalogue, targetType());
    }

    private static Fields fieldsOf(Catalogue catalogue, String type) {
        return Fields.with(TargetInputs.of(catalogue.type(type)));
    }

    Entered entered() {
        return fields().read(form);
    }

    /** The body of the POST that makes it. */
    String creation(Entered entered) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("targetType", ValueWriter.quoted(targetType()));
        members.putAll(entered.members());
        return Fields.object(members);
    }

    List<Change> changes(Entered entered) {
        return stored.map(value -> fields().changes(entered, value)).orElse(List.of());
    }

    /** Everything that the template names, with a preview. */
    Future<Map<String, Object>> view(Optional<ApiAnswer> refused) {
        Entered entered = entered();
        List<Mistake> mistakes = new ArrayList<>(entered.mistakes());
        refused.ifPresent(answer -> mistakes.addAll(mistakes(answer)));
        Map<String, Object> view = inputs();
        view.put("mistakes", mistakes.stream().map(SubscriptionForm::shown).toList());
        view.put("refusal", refused.map(ApiAnswer::refusal).orElse(""));
        List<Change> changes = entered.isReadable() ? changes(entered) : List.of();
        view.put("changes", changes.stream().map(SubscriptionForm::shown).toList());
        view.put("isReadable", entered.isReadable());
        return tables().compose(tables -> {
                    view.put("tables", tables);
                    view.put("paths", paths(tables));
                    return preview(entered);
                })
                .map(preview -> {
                    view.put("preview", preview);
                    return view;
                });
    }

    private Map<String, Object> inputs() {
        Map<String, Object> view = new HashMap<>();
        String type = targetType();
        view.put("isNew", stored.isEmpty());
        view.put("id", stored.map(value -> plain(value.get("id"))).orElse(""));
        view.put("targetType", type);
        view.put(
                "types",
                catalogue.types().stream()
                        .map(one -> Map.of(
                                "name",
                                Json.text(one.get("targetType")),
                                "description",
                                Json.text(one.get("description"))))
                        .toList());
        view.put("typeDescription", Json.text(catalogue.type(type).get("description")));
        view.put("name", input(Fields.NAME));
        view.put("eventTypes", input(Fields.TYPES));
        view.put("filter", input(Fields.FILTER));
        List<Field> target = TargetInputs.of(catalogue.type(type));
        view.put(
                "target", target.stream().filter(Field::isMain).map(this::input).toList());
        view.put(
                "targetMore",
                target.stream()
                        .filter(field -> !field.isMain())
                        .map(this::input)
                        .toList());
        view.put("content", Fields.CONTENT.stream().map(this::input).toList());
        view.put("flow", Fields.FLOW.stream().map(this::input).toList());
        view.put("operations", OPERATIONS);
        String filter = one(form, Fields.FILTER.pointer()).orElse("");
        Optional<FilterRows> rows = FilterRows.ofJson(filter);
        view.put("hasRows", rows.isPresent());
        List<FilterRows.Row> shown = new ArrayList<>(rows.map(FilterRows::rows).orElse(List.of()));
        shown.add(new FilterRows.Row("", FilterRows.IS, ""));
        view.put(
                "rows",
                shown.stream()
                        .map(row -> Map.of("path", row.path(), "operator", row.operator(), "value", row.value()))
                        .toList());
        view.put(
                "operators",
                FilterRows.OPERATORS.stream()
                        .map(operator -> Map.of("name", operator.name(), "label", operator.label()))
                        .toList());
        return view;
    }

    private Map<String, Object> input(Field field) {
        String value = one(form, field.pointer()).orElse("");
        Map<String, Object> input = new HashMap<>();
        input.put("pointer", field.pointer());
        input.put("id", "f" + field.pointer().replace('/', '-'));
        input.put("label", field.label());
        input.put("help", field.help());
        input.put("isRequired", field.isRequired() && stored.isEmpty());
        input.put("isSecret", field.isSecret());
        input.put("isChoice", field.kind() == Field.Kind.CHOICE);
        input.put(
                "isLong",
                field.kind() != Field.Kind.TEXT
                        && field.kind() != Field.Kind.NUMBER
                        && field.kind() != Field.Kind.NUMBERS
                        && field.kind() != Field.Kind.CHOICE);
        input.put("rows", field.rows(value));
        input.put("value", value);
        input.put(
                "choices",
                field.choices().stream()
                        .map(choice -> Map.of("value", choice, "label", choice.isEmpty() ? "–" : choice))
                        .toList());
        return input;
    }

    private Future<List<Map<String, Object>>> tables() {
        return api.get("/v1/source/tables?limit=" + MOST_TABLES).map(answer -> answer.data().stream()
                .map(table -> Map.<String, Object>of(
                        "name",
                        Json.text(table.get("schema")) + "." + Json.text(table.get("table")),
                        "eventType",
                        Json.text(table.get("eventType")),
                        "columns",
                        Json.maps(table.get("columns")).stream()
                                .map(column -> Json.text(column.get("name")))
                                .toList()))
                .toList());
    }

    /** The fields that a filter may name, of the tables that are selected. */
    private List<String> paths(List<Map<String, Object>> tables) {
        String types = one(form, Fields.TYPES.pointer()).orElse("");
        List<String> paths = new ArrayList<>();
        for (Map<String, Object> table : tables) {
            if (types.lines().anyMatch(line -> line.strip().startsWith(table.get("eventType") + "."))) {
                Json.texts(table.get("columns")).stream()
                        .filter(column -> column.indexOf('.') < 0)
                        .forEach(column -> paths.add("data.record." + column));
            }
        }
        List.of("type", "data.type", "data.table", "data.schema").forEach(paths::add);
        return paths.stream().distinct().toList();
    }

    private Future<Map<String, Object>> preview(Entered entered) {
        if (!entered.isReadable() || !entered.members().containsKey("eventTypes")) {
            return Future.succeededFuture(PreviewView.none("Name at least one event type, and the endpoint."));
        }
        String subscription = PreviewForm.subscription(targetType(), entered.members());
        Future<ApiAnswer> last =
                api.post("/v1/subscriptions/preview", "{\"subscription\":" + subscription + ",\"last\":100}");
        return last.compose(many -> {
            Optional<String> event = one(form, "event")
                    .or(() -> Json.maps(many.json().get("examples")).stream()
                            .findFirst()
                            .map(example -> Json.text(example.get("eventId"))));
            if (!many.isGood() || event.isEmpty()) {
                return Future.succeededFuture(PreviewView.of(many, Optional.empty(), Optional.empty(), ""));
            }
            Future<ApiAnswer> one = api.post(
                    "/v1/subscriptions/preview",
                    "{\"subscription\":" + subscription + ",\"eventId\":" + ValueWriter.quoted(event.get()) + "}");
            Future<ApiAnswer> shown = api.get("/v1/events/" + PageRequest.encode(event.get()));
            return Future.all(one, shown)
                    .map(both ->
                            PreviewView.of(many, Optional.of(one.result()), Optional.of(shown.result()), event.get()));
        });
    }

    private static List<Mistake> mistakes(ApiAnswer answer) {
        return Json.maps(answer.json().get("errors")).stream()
                .map(error -> new Mistake(Json.text(error.get("pointer")), Json.text(error.get("detail"))))
                .toList();
    }

    private static Map<String, String> shown(Mistake mistake) {
        return Map.of("pointer", mistake.pointer(), "detail", mistake.detail());
    }

    private static Map<String, Object> shown(Change change) {
        return Map.of(
                "name", change.name(),
                "before", change.before().map(json -> readable(json)).orElse(""),
                "after", change.after().map(json -> readable(json)).orElse(""));
    }

    private static String readable(String json) {
        return ReadableJson.of(json).text();
    }

    /** The form after a step of the builders: adding a type, or turning rows into JSON. */
    static Map<String, List<String>> stepped(Map<String, List<String>> posted) {
        Map<String, List<String>> form = new HashMap<>(posted);
        if (one(posted, "addType").isPresent()) {
            one(posted, "addTable")
                    .ifPresent(table -> form.put(
                            Fields.TYPES.pointer(),
                            List.of(EventTypeChoice.added(
                                    one(posted, Fields.TYPES.pointer()).orElse(""),
                                    table,
                                    posted.getOrDefault("addOperation", List.of())))));
        }
        if (one(posted, "filterFrom").filter("rows"::equals).isPresent()) {
            FilterRows rows = FilterRows.ofForm(
                    posted.getOrDefault("rowPath", List.of()),
                    posted.getOrDefault("rowOperator", List.of()),
                    posted.getOrDefault("rowValue", List.of()));
            String json = rows.json();
            form.put(
                    Fields.FILTER.pointer(),
                    List.of(json.isEmpty() ? "" : Fields.FILTER.entered(JsonValues.read(json))));
        }
        return form;
    }
}
