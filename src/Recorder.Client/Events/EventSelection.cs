using System.Text;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Client;

/// <summary>Which events a reader gets. The nodes select them, so that others are not sent.</summary>
public sealed record EventSelection
{
    /// <summary>Only events of this recorder; null for all recorders that the API key may see.</summary>
    public RecorderId? Recorder { get; init; }

    /// <summary>
    /// Only events of these types, for example <c>typeof(RecorderProtocol.DataAvailable)</c>; empty for every type. A reader of all
    /// types hears sooner of a recorder that changed its node.
    /// </summary>
    public IReadOnlyList<Type> Kinds { get; init => field = value ?? []; } = [];

    /// <exception cref="ArgumentException">A kind is not a type of event.</exception>
    internal string Path
    {
        get
        {
            var path = new StringBuilder("v1/events");
            var separator = '?';
            if (Recorder is { } recorder)
                Add("recorder", recorder.Value);

            foreach (var kind in Kinds.Where(kind => kind != typeof(RecorderProtocol.IEvent)))
                Add("kind", EventKinds.NameOf(kind));

            return path.ToString();

            void Add(string name, string value)
            {
                path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }
    }
}

internal static class EventKinds
{
    private static readonly HashSet<string> Names = [.. EventKindConverter.Names];

    public static bool IsKnown(string name) => Names.Contains(name);

    public static string NameOf(Type kind) =>
        kind != typeof(RecorderProtocol.IEvent) && typeof(RecorderProtocol.IEvent).IsAssignableFrom(kind)
            ? EventKindConverter.NameOf(kind)
            : throw new ArgumentException($"{kind} is not a type of event; expected for example RecorderProtocol.DataAvailable.", nameof(kind));
}
