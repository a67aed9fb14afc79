package nexus.filter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nexus.value.Value;

/** Finds the equality conditions that every match of a filter satisfies. */
final class Equalities {
    private Equalities() {}

    static List<Equality> of(Condition condition) {
        List<Equality> found = new ArrayList<>();
        collect(condition, Path.ROOT, found);
        return List.copyOf(found);
    }

    private static void collect(Condition condition, Path path, List<Equality> found) {
        switch (condition) {
            case Condition.Field field -> collect(field.inner(), path.then(field.name()), found);
            case Condition.All all -> all.parts().forEach(part -> collect(part, path, found));
            case Condition.Any any -> ofAlternatives(any, path, found);
            case Condition.Equal equal -> {
                if (equal.operand() instanceof Operand.Literal(Value literal) && isIndexable(literal)) {
                    found.add(new Equality(path, Set.of(literal)));
                }
            }
            case Condition.Among among -> {
                Set<Value> values = new HashSet<>(among.scalars());
                if (among.orNull()) {
                    values.add(Value.NULL);
                }
                found.add(new Equality(path, values));
            }
            case Condition.Not not -> {}
            case Condition.Clause clause -> {}
        }
    }

    /** Alternatives that are all about one path are like one condition with several values. */
    private static void ofAlternatives(Condition.Any any, Path path, List<Equality> found) {
        Set<Value> values = new HashSet<>();
        Set<Path> paths = new HashSet<>();
        for (Condition part : any.parts()) {
            List<Equality> ofPart = new ArrayList<>();
            collect(part, path, ofPart);
            if (ofPart.isEmpty()) {
                return;
            }
            values.addAll(ofPart.getFirst().values());
            paths.add(ofPart.getFirst().path());
        }
        if (paths.size() == 1) {
            found.add(new Equality(paths.iterator().next(), values));
        }
    }

    private static boolean isIndexable(Value literal) {
        return Comparison.isScalar(literal) || literal instanceof Value.Null;
    }
}
