using System.Runtime.CompilerServices;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// The latest blobs of one recording, for any number of readers, each with its own position. Bounded: a reader that falls too far
/// behind gets an exception. Safe to use from any thread.
/// </summary>
internal sealed class BlobLog
{
    /// <summary>How many blobs are kept. At the shortest timeslice of 100 ms a reader may be 100 s behind.</summary>
    public const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Blob[] _kept = new Blob[Capacity];
    private long _count;
    private bool _hasEnded;
    private MediaError? _error;
    private TaskCompletionSource? _changed;

    private long First => Math.Max(_count - Capacity, 0);

    public void Add(Blob blob)
    {
        lock (_lock)
        {
            _kept[_count++ % Capacity] = blob;
            Wake();
        }
    }

    public void Fail(MediaError error)
    {
        lock (_lock)
        {
            _error ??= error;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Wake();
        }
    }

    public IAsyncEnumerable<Blob> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ReadFromAsync(First, cancellationToken);
        }
    }

    private async IAsyncEnumerable<Blob> ReadFromAsync(long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (blob, change) = Take(position);
            if (blob is not null)
            {
                position++;
                yield return blob;
            }
            else if (change is not null)
            {
                await change.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                yield break;
            }
        }
    }

    // Returns a blob, or a change to wait for, or neither at the end.
    private (Blob? Blob, TaskCompletionSource? Change) Take(long position)
    {
        lock (_lock)
        {
            if (position < First)
            {
                throw new BlobReaderOverrunException(
                    $"This reader is more than {Capacity} blobs behind: the next {First - position} are no longer in memory. " +
                    $"Nothing is lost: they are in the recording's files beside {_kept[_count % Capacity].Path}.");
            }

            if (position < _count)
                return (_kept[position % Capacity], null);

            if (!_hasEnded)
                return (null, _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

            return _error is null ? (null, null) : throw MediaRecorderException.For(_error);
        }
    }

    private void Wake()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
