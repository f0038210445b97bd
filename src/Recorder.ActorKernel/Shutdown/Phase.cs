using System.Collections.Immutable;
using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel;

/// <summary>A phase of <see cref="CoordinatedShutdown"/>.</summary>
/// <param name="DependsOn">The phases that must have ended before.</param>
/// <param name="Timeout">How long its tasks may take.</param>
/// <param name="Recover">Whether the next phase begins when a task fails or takes longer.</param>
/// <param name="Enabled">Whether it is run.</param>
internal sealed record Phase(ImmutableHashSet<string> DependsOn, TimeSpan Timeout, bool Recover, bool Enabled = true)
{
    public static Phase Read(Config phases, string name, TimeSpan defaultTimeout)
    {
        var own = phases.GetConfig($"\"{name}\"") ?? Config.Empty;
        return new Phase(
            [.. own.GetStringList("depends-on")],
            own.GetTimeSpan("timeout", defaultTimeout, allowInfinite: false),
            own.GetBoolean("recover", true),
            own.GetBoolean("enabled", true));
    }

    public bool Equals(Phase? other) =>
        other is not null
        && DependsOn.SetEquals(other.DependsOn)
        && (Timeout, Recover, Enabled) == (other.Timeout, other.Recover, other.Enabled);

    public override int GetHashCode() => HashCode.Combine(DependsOn.Count, Timeout, Recover, Enabled);
}
