/**
 * Who may ask, how often, and what have they changed?
 *
 * <p>Takes every request first; gives it on with a known caller and a row in the audit, or a problem. Never knows what
 * the requests are about.
 */
@NullMarked
package nexus.access;

import org.jspecify.annotations.NullMarked;
