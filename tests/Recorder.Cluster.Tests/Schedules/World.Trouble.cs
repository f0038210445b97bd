using Recorder.Cluster.Registry;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Schedules;

// What goes wrong in a story, and how all of it is put right in the end.
internal sealed partial class World
{
    private readonly List<SimulatedDisk> _backups = [];

    private void MakeTrouble()
    {
        if (_isQuiet)
            return;

        var node = Pick(Nodes);
        var kind = Random.Next(16);
        Note($"trouble {kind} of {node.Name}");
        Action trouble = kind switch
        {
            0 or 1 => () => Kill(node),
            2 => () => Pause(node),
            3 or 4 => Split,
            5 => () => Cut(Pick(Nodes), node, Random.Next(3, 60)),
            6 => () => Flap(Pick(Nodes), node, Random.Next(4, 20)),
            7 => () => CutCamera(node),
            8 => () => HangDisk(node),
            9 => () => LoseMessages(Random.Next(2, 30)),
            10 => () => Drain(node),
            11 => () => BackUp(node),
            12 => () => Command(node),
            13 => () => TurnOff(Pick(_cameras.Values.ToList())),
            14 => HangHolder,
            _ => () => Command(Pick(Nodes)),
        };
        trouble();
        _timeline.After(TimeSpan.FromSeconds(Random.Next(1, 12)), MakeTrouble);
    }

    private void Kill(SimulatedNode node)
    {
        node.Process = null;
        var (isRestored, isEmpty) = (Random.Next(4) == 0 && _backups.Count > 0, Random.Next(12) == 0);
        _timeline.After(TimeSpan.FromMilliseconds(Random.Next(500, 30_000)), () =>
        {
            if (node.Process is not null)
                return;

            _isFolderLost |= isEmpty || isRestored;
            if (isEmpty)
                node.Disk = new SimulatedDisk();
            else if (isRestored && _backups.FindLast(backup => backup.Owner == node.Name) is { } backup)
                node.Disk = backup.Copy();

            StartProcess(node);
        });
    }

    private void Pause(SimulatedNode node) => node.PausedUntil = Now + TimeSpan.FromMilliseconds(Random.Next(500, 30_000));

    private void Split()
    {
        var one = Nodes.Where(_ => Random.Next(2) == 0).ToHashSet();
        var seconds = Random.Next(2, 45);
        foreach (var node in one)
        {
            foreach (var other in Nodes.Where(other => !one.Contains(other)))
                Cut(node, other, seconds);
        }
    }

    private void Cut(SimulatedNode one, SimulatedNode other, int seconds)
    {
        if (one == other)
            return;

        _cutLinks.Add(Link(one.Name, other.Name));
        _timeline.After(TimeSpan.FromSeconds(seconds), () => _cutLinks.Remove(Link(one.Name, other.Name)));
    }

    private void Flap(SimulatedNode one, SimulatedNode other, int times)
    {
        if (times == 0 || _isQuiet || one == other)
            return;

        Cut(one, other, 2);
        _timeline.After(TimeSpan.FromSeconds(4), () => Flap(one, other, times - 1));
    }

    private void CutCamera(SimulatedNode node)
    {
        var camera = Pick(_cameras.Values.ToList());
        camera.CutFrom.Add(node.Name);
        _timeline.After(TimeSpan.FromSeconds(Random.Next(2, 60)), () => camera.CutFrom.Remove(node.Name));
    }

    // Nobody reaches the camera; when it is back, perhaps one node alone does for a while.
    private void TurnOff(SimulatedCamera camera)
    {
        camera.IsOff = true;
        _timeline.After(TimeSpan.FromSeconds(Random.Next(2, 90)), () =>
        {
            if (_isQuiet)
                return;

            camera.IsOff = false;
            if (Random.Next(2) == 0)
                return;

            var one = Pick(Nodes);
            var cutFrom = Nodes.Where(node => node != one).Select(node => node.Name).ToHashSet();
            camera.CutFrom.UnionWith(cutFrom);
            _timeline.After(TimeSpan.FromSeconds(Random.Next(30, 90)), () => camera.CutFrom.ExceptWith(cutFrom));
        });
    }

    private void HangDisk(SimulatedNode node)
    {
        node.IsDiskHung = true;
        _timeline.After(TimeSpan.FromSeconds(Random.Next(2, 60)), () => node.IsDiskHung = false);
    }

    // A holder cannot store anything, and nobody can tell it that others could. Seldom by chance: seed 4499 of 10,000 was the only one.
    private void HangHolder()
    {
        var recorder = Pick(_cameras.Keys.ToList());
        if (Nodes.FirstOrDefault(node => node.Process?.TenureOf(recorder).IsConfirmed == true) is not { } holder)
            return;

        var seconds = Random.Next(30, 100);
        holder.IsDiskHung = true;
        _timeline.After(TimeSpan.FromSeconds(seconds), () => holder.IsDiskHung = false);
        foreach (var node in Nodes)
            Cut(holder, node, seconds);
    }

    private void LoseMessages(int seconds)
    {
        _loss = Random.NextDouble() * 0.3;
        _timeline.After(TimeSpan.FromSeconds(seconds), () => _loss = 0);
    }

    private void Drain(SimulatedNode node)
    {
        if (Nodes.Any(other => other.IsDraining))
            return;

        node.IsDraining = true;
        _timeline.After(TimeSpan.FromSeconds(Random.Next(5, 40)), () => node.IsDraining = false);
    }

    private void BackUp(SimulatedNode node)
    {
        var backup = node.Disk.Copy();
        backup.Owner = node.Name;
        _backups.Add(backup);
    }

    private void Create(string recorder)
    {
        if (Nodes.FirstOrDefault(node => node.Process is not null) is { Process: { } process })
        {
            process.Change(recorder, known => known ?? RegisteredRecorder.Create(
                new RecorderId(recorder), "{}", DesiredState.Recording, process.Name));
        }
    }

    private void Command(SimulatedNode node)
    {
        if (node.Process is not { } process || node.IsPaused)
            return;

        process.Change(Pick(_cameras.Keys.ToList()), known => known is null ? null : Random.Next(9) switch
        {
            0 => known.Delete(process.Name),
            1 => known.Desire(DesiredState.Inactive, process.Name),
            2 or 3 => known.Define(NextContent(), process.Name),
            4 => known.Desire(DesiredState.Paused, process.Name),
            _ => known.Desire(DesiredState.Recording, process.Name),
        });
    }

    private void Heal()
    {
        _isQuiet = true;
        (_loss, _) = (0, _cutLinks.RemoveWhere(_ => true));
        foreach (var node in Nodes)
        {
            (node.PausedUntil, node.IsDiskHung, node.IsDraining) = (Now, false, false);
            if (node.Process is null)
                StartProcess(node);
        }

        foreach (var camera in _cameras.Values)
        {
            camera.CutFrom.Clear();
            camera.IsOff = Random.Next(5) == 0;
        }
    }
}
