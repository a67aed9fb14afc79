package nexus.doctor;

import nexus.doctor.check.Check;
import nexus.event.EventBody;
import nexus.replication.state.CaptureStatus.Undecoded;

/** What has the running process come across while it captured? */
final class CaptureChecks {
    private CaptureChecks() {}

    static Check undecoded(Undecoded seen) {
        return Check.warn(
                "undecoded-values",
                seen.count() + (seen.count() == 1 ? " row change" : " row changes") + " since "
                        + EventBody.timestamp(seen.firstAt())
                        + " had values that are not what their types promise, and carry them as texts; the last at "
                        + EventBody.timestamp(seen.lastAt()) + " in " + seen.table() + ": " + seen.reason(),
                "Look at metadata.undecoded of the events pg.*: it names the columns. Values that were written before"
                        + " their type was changed end by themselves; wrong encodings have to be put right in the table."
                        + " The count begins again with the process.");
    }
}
