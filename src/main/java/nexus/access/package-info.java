/**
 * Who may call the API, how often, and what did they change?
 *
 * <p>Takes every request first, passes it on with a known caller and an audit entry, or answers with a problem. Never
 * knows the content of a request.
 */
@NullMarked
package nexus.access;

import org.jspecify.annotations.NullMarked;
