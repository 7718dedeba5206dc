using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Keys;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>The requests to the origin that are under way, one for a key.</summary>
internal sealed class FlightBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<CacheKey, Flight> _flights = new();

    public int Count => _flights.Count;

    /// <summary>Joins the flight of this key, or begins one.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="notBefore">A flight that began before this timestamp will not do: its data may be too old.</param>
    public (Flight Flight, bool IsLeader) Board(CacheKey key, long notBefore)
    {
        while (true)
        {
            if (_flights.TryGetValue(key, out var flight))
            {
                if (flight.StartedAt >= notBefore && flight.TryJoin()) return (flight, false);
                var own = new Flight(time.GetTimestamp());
                if (_flights.TryUpdate(key, own, flight)) return (own, true);
                own.Dispose();
            }
            else
            {
                var own = new Flight(time.GetTimestamp());
                if (_flights.TryAdd(key, own)) return (own, true);
                own.Dispose();
            }
        }
    }

    public void Remove(CacheKey key, Flight flight) => _flights.TryRemove(KeyValuePair.Create(key, flight));
}
