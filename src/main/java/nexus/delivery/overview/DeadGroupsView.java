package nexus.delivery.overview;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/**
 * The groups of dead deliveries as the API shows them.
 *
 * @param data the greatest group first
 * @param read number of deliveries in the groups
 * @param complete whether there are no others
 */
@RegisterForReflection
public record DeadGroupsView(List<Group> data, int read, boolean complete) {
    /** See {@link DeadGroup}. */
    @RegisterForReflection
    public record Group(
            String subscriptionId,
            String subscriptionName,
            boolean subscriptionDeleted,
            String deadReason,
            int count,
            String firstAt,
            String lastAt,
            String exampleId,
            @Nullable String exampleType,
            List<Answer> answers) {}

    /**
     * How the last attempts ended.
     *
     * @param statusCode null when there was no answer
     * @param error of one of them
     */
    @RegisterForReflection
    public record Answer(
            @Nullable Integer statusCode, @Nullable String error, int count) {}

    public static DeadGroupsView of(DeadGroups groups) {
        return new DeadGroupsView(
                groups.groups().stream().map(DeadGroupsView::group).toList(), groups.read(), groups.isAll());
    }

    private static Group group(DeadGroup group) {
        return new Group(
                group.subscriptionId().toString(),
                group.subscription(),
                group.isDeleted(),
                group.reason(),
                group.count(),
                EventBody.timestamp(group.firstAt()),
                EventBody.timestamp(group.lastAt()),
                group.example().toString(),
                group.exampleType().orElse(null),
                group.answers().stream()
                        .map(ending -> new Answer(
                                ending.code().orElse(null), ending.error().orElse(null), ending.count()))
                        .toList());
    }
}
