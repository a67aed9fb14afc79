package nexus.api.caller;

import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the audit records about the change of a request, set by the resource. It names fields only, because values may
 * be secrets.
 */
public final class ChangeNote {
    private static final String ID = ChangeNote.class.getName() + ".id";
    private static final String FIELDS = ChangeNote.class.getName() + ".fields";

    private ChangeNote() {}

    /** The fields that the request contained. */
    public static void fields(RoutingContext request, Collection<String> names) {
        request.put(FIELDS, List.copyOf(names));
    }

    /** The id of the created resource. */
    public static void id(RoutingContext request, String id) {
        request.put(ID, id);
    }

    public static List<String> fields(RoutingContext request) {
        List<String> names = request.get(FIELDS);
        return names == null ? List.of() : names;
    }

    public static Optional<String> id(RoutingContext request) {
        return Optional.ofNullable(request.<String>get(ID));
    }
}
