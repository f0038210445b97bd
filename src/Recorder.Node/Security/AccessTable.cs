using Microsoft.AspNetCore.Http;

namespace Recorder.Node.Security;

/// <summary>What a request needs: one table for the whole API. What is not in it needs an admin.</summary>
/// <param name="Role">At least.</param>
/// <param name="Recorder">The recorder that it is about; null for none or several.</param>
/// <param name="IsNodeWide">Whether it tells of every recorder, or changes something that is no recorder's.</param>
internal readonly record struct AccessNeed(Role Role, string? Recorder, bool IsNodeWide)
{
    /// <summary>Whether nothing is needed.</summary>
    public bool IsOpen => Role == Role.Unknown;

    /// <summary>What a request needs.</summary>
    public static AccessNeed Of(string method, PathString path, IQueryCollection query)
    {
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        var parts = path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["health", ..] when reads => new AccessNeed(Role.Unknown, null, false),
            ["openapi", ..] when reads => new AccessNeed(Role.Unknown, null, false),
            ["metrics"] when reads => new AccessNeed(Role.Viewer, null, true),
            ["v1", "clock"] when reads => new AccessNeed(Role.Viewer, null, true),
            ["v1", "recorders"] => new AccessNeed(reads ? Role.Viewer : Role.Admin, null, true),
            ["v1", "events"] when reads => Listing(query),
            ["v1", "recordings"] when reads => Listing(query),
            ["v1", "recorders", var named, ..] when named.Contains(':', StringComparison.Ordinal) =>
                new AccessNeed(Role.Operator, named[..named.IndexOf(':', StringComparison.Ordinal)], false),
            ["v1", "recorders", var recorder, ..] => new AccessNeed(reads ? Role.Viewer : Role.Admin, recorder, false),
            ["v1", "recordings", var recording, ..] => new AccessNeed(RoleFor(reads, recording, parts), recording.Split('~', 2)[0], false),
            // Over a WebSocket a push is a GET; the recorder that takes it is whichever has push:{name} as its source.
            ["v1", "streams", ..] => new AccessNeed(Role.Operator, null, true),
            _ => new AccessNeed(Role.Admin, null, true),
        };
    }

    private static AccessNeed Listing(IQueryCollection query) =>
        query["recorder"] is [{ Length: > 0 } recorder] ? new AccessNeed(Role.Viewer, recorder, false) : new AccessNeed(Role.Viewer, null, true);

    // An export is made of what there is, and changes nothing of it.
    private static Role RoleFor(bool reads, string recording, string[] parts) =>
        reads || (parts.Length == 3 && recording.EndsWith(":export", StringComparison.Ordinal)) ? Role.Viewer : Role.Admin;
}
