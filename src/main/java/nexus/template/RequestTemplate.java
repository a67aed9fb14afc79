package nexus.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nexus.refusal.Refusal;

/**
 * Method, path and headers of a request as templates: texts that hold expressions.
 *
 * @param method empty: POST
 * @param path appended to the endpoint's path; empty: nothing is
 * @param headers their names are fixed; they were checked by the caller
 */
public record RequestTemplate(Optional<String> method, Optional<String> path, Map<String, String> headers) {
    public RequestTemplate {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /**
     * Checks the templates for a caller who wants to save them.
     *
     * @throws Refusal.Invalid with each mistake, its pointer below the given one and its position
     */
    public RequestTemplate checked(String pointer) {
        List<Refusal.FieldError> mistakes = new ArrayList<>();
        RequestProgram.compile(this, pointer, mistakes);
        if (!mistakes.isEmpty()) {
            throw new Refusal.Invalid(mistakes);
        }
        return this;
    }

    /** See {@link Template#columns()}. */
    public Set<String> columns() {
        Set<String> columns = new TreeSet<>();
        RequestProgram.compile(this, "", new ArrayList<>())
                .expressions()
                .forEach(expression -> expression.forEachField(Variables.collectColumns(columns)));
        return columns;
    }
}
