using Recorder.Actors.Storage;

namespace Recorder.Testing;

/// <content>The volume that recorders write to. An actor does its work, so that writes take turns and virtual time.</content>
public sealed partial class FaultyDisk
{
    private sealed class OneVolume(FaultyDisk disk) : IVolumes, IVolume, IDisk
    {
        public IDisk Disk => this;
        public IVolume For(string folder) => this;
        public void Post(Action job) => disk._volume.Tell(new VolumeActor.Job(job), ActorRefs.NoSender);
        public void PostAside(Action job) => Post(job);
        public void Sync(ISyncable written, bool atOnce) => disk._rounds.Add(written, atOnce);

        public void Remove(IReadOnlyList<string> files, string? folder)
        {
            foreach (var path in files)
                disk._files.Remove(path);
        }

        public long FreeBytes(string folder) => disk._free ?? long.MaxValue;

        public void FlushFolder(string path)
        {
            foreach (var (name, file) in disk._files)
            {
                if (Path.GetDirectoryName(name) == path)
                    file.FlushName();
            }
        }

        public void CreateFolder(string path)
        {
        }

        public bool Exists(string path) => disk._files.ContainsKey(path);

        public IDiskFile Create(string path, bool overwrite)
        {
            if (!overwrite && Exists(path))
                throw new IOException($"The file '{path}' already exists.");

            if (disk._free <= 0)
                throw disk.Fault(path);

            return disk._files[path] = new MemoryFile(disk, path);
        }

        public void Replace(string path, ReadOnlySpan<byte> content)
        {
            var file = new MemoryFile(disk, path);
            file.Write(content, 0);
            file.Flush();
            file.FlushName();
            disk._files[path] = file;
        }
    }

    /// <summary>Runs the volume's jobs one after another in virtual time, in place of a node's thread.</summary>
    internal sealed class VolumeActor : ReceiveActor, IWithTimers
    {
        private readonly Queue<Action> _waiting = new();
        private readonly FaultyDisk _disk;
        private bool _busy;

        public VolumeActor(FaultyDisk disk)
        {
            _disk = disk;
            Receive<Job>(job =>
            {
                _waiting.Enqueue(job.Run);
                RunNext(elapsed: false);
            });
            Receive<Continue>(_ => RunNext(elapsed: false));
            Receive<Round>(_ => disk._rounds.Due());
            disk._wake = wait => Timers!.StartSingleTimer(nameof(Round), new Round(), wait);
            Receive<Elapsed>(_ =>
            {
                _busy = false;
                RunNext(elapsed: true);
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        // One job per message, so that other actors run between two jobs.
        private void RunNext(bool elapsed)
        {
            if (_busy || _waiting.Count == 0 || _disk.IsStalled)
                return;

            if (!elapsed && _disk.Delay > TimeSpan.Zero)
            {
                _busy = true;
                Timers.StartSingleTimer(nameof(Elapsed), new Elapsed(), _disk.Delay);
                return;
            }

            _waiting.Dequeue()();
            if (_waiting.Count > 0)
                Self.Tell(new Continue());
        }

        internal sealed record Job(Action Run);

        internal sealed record Continue;

        private sealed record Elapsed;

        private sealed record Round;
    }
}
