package nexus.api.caller;

import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a request changes, noted for the audit by the one who knows. Names of fields only: values may be secrets. */
public final class ChangeNote {
    private static final String ID = ChangeNote.class.getName() + ".id";
    private static final String FIELDS = ChangeNote.class.getName() + ".fields";

    private ChangeNote() {}

    /** The fields that the request gave. */
    public static void fields(RoutingContext request, Collection<String> names) {
        request.put(FIELDS, List.copyOf(names));
    }

    /** What was made. */
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
