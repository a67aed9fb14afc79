package nexus.doctor.check;

import java.util.Comparator;
import java.util.List;

/**
 * The result of an examination, in the form of the API.
 *
 * @param status the status of the worst check
 */
public record Diagnosis(String status, List<Check> checks) {

    public Diagnosis {
        checks = List.copyOf(checks);
    }

    public static Diagnosis of(List<Check> checks) {
        return new Diagnosis(
                checks.stream()
                        .map(Check::weight)
                        .max(Comparator.naturalOrder())
                        .orElse(Check.Status.OK)
                        .text(),
                checks);
    }
}
