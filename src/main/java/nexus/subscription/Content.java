package nexus.subscription;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nexus.shape.ContentFormat;
import nexus.shape.Form;

/**
 * The content that is sent.
 *
 * @param form of each event
 * @param batch empty: each event is a request of its own
 */
public record Content(Form form, Optional<Batch> batch) {
    public static final Content DEFAULT = new Content(Form.DEFAULT, Optional.empty());

    public ContentFormat format() {
        return form.format();
    }

    public Content with(Form other) {
        return new Content(other, batch);
    }

    public Content withBatch(Optional<Batch> other) {
        return new Content(form, other);
    }

    /** The columns that its templates need, in alphabetical order. */
    public Set<String> templateColumns() {
        Set<String> columns = new TreeSet<>();
        form.transform().ifPresent(template -> columns.addAll(template.columns()));
        form.request().ifPresent(template -> columns.addAll(template.columns()));
        return columns;
    }

    /** The columns that are chosen or masked, by the field of {@code columns} that names them. */
    public Map<String, List<String>> chosenColumns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        form.columns()
                .chosen()
                .ifPresent(choice -> columns.put(choice.isInclusive() ? "include" : "exclude", choice.names()));
        if (!form.columns().masks().isEmpty()) {
            columns.put("mask", List.copyOf(form.columns().masks().keySet()));
        }
        return columns;
    }

    /** Equal for contents of the same form. */
    String sameness() {
        return format().apiName()
                + (form.columns().areAll() ? "" : " columns " + form.columns().sameness())
                + form.transform()
                        .map(template -> " transform " + template.json())
                        .orElse("")
                + form.request().map(template -> " request " + template).orElse("")
                + (batch.isPresent() ? " in batches" : "");
    }
}
