package nexus.doctor.store;

import java.util.List;
import nexus.doctor.check.Check;
import nexus.event.EventBody;

/** Reports changes of the last week that capture could not store unchanged. There is no check when there were none. */
final class CaptureChecks {
    private static final String COUNT = " The count begins again after a week without.";

    private CaptureChecks() {}

    static List<Check> of(List<StoreFacts.Trouble> troubles) {
        return troubles.stream().map(CaptureChecks::of).toList();
    }

    private static Check of(StoreFacts.Trouble seen) {
        return switch (seen.kind()) {
            case "undecoded" ->
                Check.warn(
                        "undecoded-values",
                        told(seen, "had values that are not what their types promise, and carry them as texts"),
                        "Look at metadata.undecoded of the events pg.*: it names the columns. Values that were written"
                                + " before their type was changed end by themselves; wrong encodings have to be put"
                                + " right in the table." + COUNT);
            case "reduced" ->
                Check.warn(
                        "store-reduced-events",
                        told(seen, "were refused by the store, and carry their key columns alone"),
                        "Look for constraints and triggers of your own: \\d nexus.event." + COUNT);
            default ->
                Check.warn(
                        "store-refused-events",
                        told(seen, "were refused by the store even without their values, and are left out"),
                        "Look for constraints and triggers of your own: \\d nexus.event. Send again by hand what"
                                + " receivers lack." + COUNT);
        };
    }

    private static String told(StoreFacts.Trouble seen, String what) {
        return seen.count() + (seen.count() == 1 ? " row change" : " row changes") + " since "
                + EventBody.timestamp(seen.firstAt()) + " " + what + "; the last at "
                + EventBody.timestamp(seen.lastAt()) + " in " + seen.of() + ": " + seen.reason();
    }
}
