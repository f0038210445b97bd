using Recorder.Cluster.Registry;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>Those who create recorders, define and command them, and delete them, each on a node of their choice.</summary>
internal sealed class SimulatedUsers(World world)
{
    public void Create(string recorder)
    {
        if (world.Nodes.FirstOrDefault(node => node.Process is not null) is { Process: { } process })
        {
            process.Change(recorder, known => known ?? RegisteredRecorder.Create(
                new RecorderId(recorder), "{}", DesiredState.Recording, process.Name));
        }
    }

    public void Command(SimulatedNode node)
    {
        if (node.Process is not { } process || node.IsPaused)
            return;

        process.Change(world.Pick(world.Recorders), known => known is null ? null : world.Random.Next(9) switch
        {
            0 => known.Delete(process.Name),
            1 => known.Desire(DesiredState.Inactive, process.Name),
            2 or 3 => known.Define(world.NextContent(), process.Name),
            4 => known.Desire(DesiredState.Paused, process.Name),
            _ => known.Desire(DesiredState.Recording, process.Name),
        });
    }
}
