package nexus.doctor.check;

import java.util.Comparator;
import java.util.List;

/**
 * All that was found, in the form of the API.
 *
 * @param status that of the worst check
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
