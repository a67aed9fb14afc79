package nexus.page.delivery;

import java.util.regex.Pattern;
import nexus.page.PageRequest;

/** The page that an action leads back to: the one that its form names. */
final class Back {
    /** Pages of this room and of events only, so that no form leads to another site. */
    private static final Pattern ALLOWED = Pattern.compile("/(deliveries|dead|events|key)([/?][!-~&&[^\\\\]]*)?");

    private Back() {}

    static String of(PageRequest request, String otherwise) {
        return request.form("back")
                .filter(path -> ALLOWED.matcher(path).matches())
                .orElse(otherwise);
    }
}
