package nexus.delivery.overview;

import java.util.List;

/**
 * The newest dead deliveries in groups.
 *
 * @param groups the greatest first
 * @param read number of deliveries that the groups contain
 * @param isAll whether there are no others
 */
public record DeadGroups(List<DeadGroup> groups, int read, boolean isAll) {
    public DeadGroups {
        groups = List.copyOf(groups);
    }
}
