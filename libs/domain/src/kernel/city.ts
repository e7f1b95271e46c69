declare const cityBrand: unique symbol;

/** A pooling area by its six-digit administrative code. */
export type CityCode = string & { readonly [cityBrand]: true };

/** Whether the text has the form of a city code: six digits, no county. Whether the city takes part is data. */
export const isCityCode = (text: string): text is CityCode => /^\d{4}00$/.test(text);

/** The two digits of the province, which is the legal payer above a city. */
export const provinceOf = (city: string): string => city.slice(0, 2);
