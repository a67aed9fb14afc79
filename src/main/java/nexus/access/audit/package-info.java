/**
 * Who changed what through the API?
 *
 * <p>Takes changes, gives entries that commit with them. Never holds a payload or a secret.
 */
@NullMarked
package nexus.access.audit;

import org.jspecify.annotations.NullMarked;
