package nexus.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import nexus.refusal.Refusal;

/**
 * The body of a delivery as a template: JSON whose strings hold expressions. Two are equal when they are written the same.
 *
 * @param json as it was written
 */
public record Template(String json) {
    /**
     * Reads a template that a caller wants to save.
     *
     * @param json one value, valid, with each name once in its object
     * @throws Refusal.Invalid with each mistake, its pointer below the given one and its position
     */
    public static Template read(String json, String pointer) {
        List<Refusal.FieldError> mistakes = new ArrayList<>();
        TransformProgram.compile(json, pointer, mistakes);
        if (!mistakes.isEmpty()) {
            throw new Refusal.Invalid(mistakes);
        }
        return new Template(json);
    }

    /** The columns that it takes from a row and that must be there, old values included, in alphabetical order. */
    public Set<String> columns() {
        Set<String> columns = new TreeSet<>();
        TransformProgram.compile(json, "", new ArrayList<>())
                .expressions()
                .forEach(expression -> expression.forEachField(Variables.collectColumns(columns)));
        return columns;
    }
}
