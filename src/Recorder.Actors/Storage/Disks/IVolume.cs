namespace Recorder.Actors.Storage;

/// <summary>A volume: its disk, and the one place where everything on it is written, one job after another.</summary>
internal interface IVolume
{
    IDisk Disk { get; }

    /// <summary>Runs the job after all jobs posted before it. A job reports its own failures.</summary>
    void Post(Action job);

    /// <summary>
    /// Runs the job beside the writes, where it may wait for stable storage, after all jobs that were posted this way before it.
    /// A job reports its own failures.
    /// </summary>
    void PostAside(Action job);

    /// <summary>Requests, from within a job, that writes become durable in the next round, or in a round at once.</summary>
    void Sync(ISyncable written, bool atOnce);
}

/// <summary>The volumes of a node.</summary>
internal interface IVolumes
{
    IVolume For(string folder);
}
