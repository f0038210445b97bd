namespace Recorder.Actors.Storage;

/// <summary>A disk and the one place where all writes to it run, one after another. A job reports its own failures.</summary>
internal interface IVolume
{
    IDisk Disk { get; }

    void Post(Action job);

    /// <summary>Runs jobs in order beside the writes, where they may wait for stable storage.</summary>
    void PostAside(Action job);

    /// <summary>Requests, from within a job, that writes become durable in the next round, or in a round at once.</summary>
    void Sync(ISyncable written, bool atOnce);
}

internal interface IVolumes
{
    IVolume For(string folder);
}
