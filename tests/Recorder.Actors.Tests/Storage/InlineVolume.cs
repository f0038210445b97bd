using Recorder.Actors.Storage;

namespace Recorder.Actors.Tests.Storage;

/// <summary>A volume that runs each job when it is posted, and a round when the spec asks for it.</summary>
internal sealed class InlineVolume : IVolume
{
    private readonly List<ISyncable> _waiting = [];

    public IDisk Disk { get; init; } = LocalDisk.Instance;

    public bool WasHurried { get; private set; }

    public void Post(Action job) => job();

    public void PostAside(Action job) => job();

    public void Sync(ISyncable written, bool atOnce)
    {
        WasHurried |= atOnce;
        if (!written.IsQueued)
        {
            written.IsQueued = true;
            _waiting.Add(written);
        }
    }

    /// <summary>Runs one round of all waiting writers.</summary>
    public int Round()
    {
        var round = _waiting.ToList();
        _waiting.Clear();
        round.ForEach(written => written.IsQueued = false);
        round.ForEach(written => written.BeginRound());
        round.ForEach(written => written.Start());
        round.ForEach(written => written.SyncMedia());
        round.ForEach(written => written.SyncIndex());
        return round.Count;
    }
}
